/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Predicts the source of a reply that names none: the kernel's answer to RTM_GETROUTE
 * (rtnetlink(7)), for a client behind each route of the main table. */
#ifndef CTL_AUDIT_ROUTES_H
#define CTL_AUDIT_ROUTES_H

#include "ctl/audit/found.h"

struct nlmsghdr;

/* Reads the addresses and the sources of the network namespace that the process is in. What cannot
 * be read is left out, and ret->is_unread set. */
void routes_read(struct host *ret);

/* A route by which clients are reached. */
struct route {
	struct address prefix, gateway;
	unsigned int len; /* of the prefix, of 128 bits; IPv4's is 96 longer */
	uint32_t ifindex;
};

/* Each reads one message of a dump. Returns false for what does not count: loopback and link-local
 * addresses, routes of other tables or kinds, short messages. */
bool routes_parse_address(const struct nlmsghdr *message, struct host_address *ret);
bool routes_parse_route(const struct nlmsghdr *message, struct route *ret);

/* Sets ret to an address behind the route that is not one of the host's. Returns false if there is
 * none. */
bool routes_find_client(const struct route *route, const struct host *host, struct address *ret);

/* Whether addr is one of the host's. */
bool routes_has_address(const struct host *host, const struct address *addr);

#endif
