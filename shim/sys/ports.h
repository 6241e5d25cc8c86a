/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which wildcard ports this process and its relatives by fork have bound: for the words `auto` and
 * `dual`, which have to know whether another socket has the other side of a listener's port. A
 * hint, checked against the kernel whenever it counts. Everything here keeps errno.
 */
#ifndef SYS_PORTS_H
#define SYS_PORTS_H

#include "sys/sockets.h"

enum ports_side {
	PORTS_V4,   /* an AF_INET socket on 0.0.0.0 */
	PORTS_DUAL, /* an AF_INET6 socket on :: that takes IPv4 too */
};

/* Makes the memory, shared with all processes forked from now on. Once, at the start; without it
 * nothing is found. */
void ports_init(void);

/* fd has been bound to this port. */
void ports_note(enum ports_side side, enum rules_protocol protocol, in_port_t port, int fd);
/* The descriptor, in this process, of a socket that is bound so; -1 if there is none. */
int ports_find(enum ports_side side, enum rules_protocol protocol, in_port_t port);
/* Whether this process or a living relative has noted such a binding, whatever became of it. */
bool ports_are_noted(enum ports_side side, enum rules_protocol protocol, in_port_t port);
/* Whether a relative has bound 0.0.0.0 with this port, and nobody else can now. */
bool ports_are_taken_by_relative(const struct nature *nature, in_port_t port);

/* Whether the kernel says that somebody has IPv4's side of the port: of TCP a listener, for a bind
 * may also fail because of connections that are long closed (TIME_WAIT). */
bool ports_are_in_use(const struct nature *nature, in_port_t port);

#endif
