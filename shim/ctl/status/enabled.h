/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which units bindrightctl enable has been used on. */
#ifndef CTL_STATUS_ENABLED_H
#define CTL_STATUS_ENABLED_H

#include "ctl/process.h"

#include <stdbool.h>
#include <stddef.h>

/* A unit with a drop-in of bindrightctl's, and what was seen of its processes. */
struct enabled {
	char unit[PROCESS_UNIT];    /* may be a template, such as "foo@.service" */
	char without[PROCESS_NAME]; /* a process of it, which may have the library or not; or "" */
	bool has_library;	    /* in one of its processes */
	bool is_by_kernel;	    /* by enable --kernel */
	bool is_attached;	    /* the kernel back end, to the group of one */
	bool is_unseen;		    /* a process of it may not be read */
};

struct enabled_list {
	struct enabled *list;
	size_t count;
};

/* Reads the drop-ins. */
void enabled_find(struct enabled_list *ret);

/* Whether a unit is that one, or an instance of that template. */
bool enabled_is_of(const struct enabled *enabled, const char *unit);

/* Returns the entry for a unit of a process, NULL if there is none. */
struct enabled *enabled_of(struct enabled_list *list, const char *unit);

#endif
