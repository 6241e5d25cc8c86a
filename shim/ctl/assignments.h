/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings in effect, before they are checked: the value of each name and its origin. A setting
 * taken later overrides an earlier one of the same name.
 */
#ifndef CTL_ASSIGNMENTS_H
#define CTL_ASSIGNMENTS_H

#include "settings/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct assignment {
	const char *where; /* "environment", "--log", "FILE:LINE" */
	const char *name;
	const char *value;
};

/* Initialize with {0}. The texts live until the process ends. */
struct assignments {
	struct assignment *list;
	size_t count;
};

/* Returns whether name, len bytes long, may be meant as a setting of this library: BINDRIGHT, or
 * BINDRIGHT_ followed by ASCII letters, digits and underscores. */
bool assignments_is_setting(const char *name, size_t len);

/* Adds a setting, or overrides the one of this name. Copies the three texts. */
void assignments_take(
	struct assignments *assignments, const char *where, const char *name, const char *value);

/* Adds the settings in the environment. If a name is there twice, the first entry counts, as for
 * getenv(3). */
void assignments_take_environment(struct assignments *assignments);

/* Returns NULL if there is no setting of this name. The result is valid until the next one is added
 * to assignments. */
const struct assignment *assignments_find(const struct assignments *assignments, const char *name);

/* Checks all of them with the library's parser, and sets *ret to what the library will make of the
 * valid ones. Calls report for each invalid one, and returns how many there are. */
size_t assignments_judge(const struct assignments *assignments, struct settings *ret,
	void (*report)(const struct assignment *bad, const char *text));

/* Sets all of them in this process's environment. On failure returns false with errno set. */
bool assignments_export(const struct assignments *assignments);

#endif
