/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists bound sockets by NETLINK_SOCK_DIAG (sock_diag(7)), which answers any user. */
#ifndef CTL_AUDIT_DIAG_H
#define CTL_AUDIT_DIAG_H

#include "ctl/audit/found.h"

struct nlmsghdr;

struct found_list {
	struct found *items;
	size_t count;
};

/* Returns the name of a protocol of audit's, or NULL. */
const char *diag_protocol_name(int protocol);
/* Returns the protocol of this name, or -1. */
int diag_protocol(const char *name);
/* All names, such as "tcp, udp", for messages. */
#define DIAG_PROTOCOLS "tcp, udp, udplite, mptcp"

/* Appends the listeners and the UDP sockets that are not connected of this network namespace, which
 * the process is in. A kernel that cannot list TCP or UDP ends the process with a message; one
 * that does not have udplite or mptcp has no such sockets. */
void diag_list(const struct netns *netns, struct found_list *list);

/* Reads one message of the answer. Returns false if it is none, or is too short. */
bool diag_parse(const struct nlmsghdr *message, int protocol, struct found *ret);

#endif
