/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network namespaces of the host: those of all processes, and those that ip-netns(8) named. A
 * socket stays in the one it was made in. */
#ifndef CTL_AUDIT_NETNS_H
#define CTL_AUDIT_NETNS_H

#include "ctl/audit/found.h"

/* Enough for a host of containers, and below the usual limit of 1024 descriptors. */
enum { NETNS_MAX = 500 };

struct netns_list {
	struct netns items[NETNS_MAX]; /* the process's own first */
	size_t count;
	bool is_complete; /* every process's could be seen, and there were not too many */
};

/* Returns the list, which is never freed. */
struct netns_list *netns_find(void);

/* Calls each while the process is in each of the namespaces, its own first, and brings it back.
 * Returns false if it may not enter one of them. */
bool netns_each(struct netns_list *list, void (*each)(struct netns *netns, void *data), void *data);

#endif
