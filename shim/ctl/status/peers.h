/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts the peers in the table that a group of processes shares, by the address that they asked
 * at. Reads only pages that a process has: the rest has never been written, and a look would give
 * it memory. */
#ifndef CTL_STATUS_PEERS_H
#define CTL_STATUS_PEERS_H

#include "ctl/status/instance.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* Peers that asked at one address. */
struct asked_at {
	struct in6_addr address; /* v4-mapped for IPv4 */
	uint64_t peers;
};

struct peers_count {
	uint64_t peers;		    /* that have not expired */
	uint64_t capacity;	    /* of all tables */
	struct asked_at *addresses; /* the most peers first; freed by the caller */
	size_t address_count;
};

/* Counts in the tables of these processes, each table once. */
void peers_count(const struct instance *const *instances, size_t count, struct peers_count *ret);

#endif
