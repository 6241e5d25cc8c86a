/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes that run with the library, by unit, or by their common ancestor. */
#ifndef CTL_STATUS_GROUPS_H
#define CTL_STATUS_GROUPS_H

#include "ctl/status/instance.h"
#include "ctl/status/peers.h"

/* Datagrams, evictions and refusals are sums of all processes. Events, which forked processes
 * inherit, are those of the process that has the most. */
struct totals {
	uint64_t learnt, sent[CHOICES], evicted, refused;
	uint32_t events[STATUS_EVENTS_MAX];
};

struct group {
	const struct instance **instances; /* the first is the oldest ancestor, or lowest ID */
	size_t count;
	struct totals totals;
	struct peers_count peers;
};

/* All that could be seen of the host, or of what was asked for. */
struct groups {
	struct instance *instances;
	size_t instance_count;
	struct group *list;
	size_t count;
};

/* Adds a process. Call for all before groups_make. */
void groups_add(struct groups *groups, const struct instance *instance);

/* Sorts the processes into groups, and counts. */
void groups_make(struct groups *groups);

/* Returns the datagrams that were given a source. */
uint64_t groups_answered(const struct totals *totals);

#endif
