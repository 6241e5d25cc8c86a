/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which wildcard ports this process and its relatives by fork have bound: for the words `auto` and
 * `dual`, which have to know whether another socket has the other side of a listener's port. A
 * hint, checked against the kernel whenever it counts. Everything here keeps errno.
 */
#ifndef LISTENERS_PORTS_H
#define LISTENERS_PORTS_H

#include "sockets/sockets.h"

enum ports_side {
	PORTS_V4,   /* an AF_INET socket on 0.0.0.0 */
	PORTS_DUAL, /* an AF_INET6 socket on :: that takes IPv4 too */
};

/* Makes the memory, shared with all processes forked from now on. Once, at the start; without it
 * nothing is found. */
void ports_init(void);

/* fd is bound to this port, or is about to be: whom a bind of ours keeps from the port finds its
 * note already there. */
void ports_note(enum ports_side side, enum rules_protocol protocol, in_port_t port, int fd);
/* The descriptor, in this process, of a socket that is bound so, other than `except`; -1 if there
 * is none. */
int ports_find(enum ports_side side, enum rules_protocol protocol, in_port_t port, int except);
/* Whether a relative has noted such a binding, whatever became of it. */
bool ports_are_noted(enum ports_side side, enum rules_protocol protocol, in_port_t port);

/* One thread of one process at a time; false, at once, if another has it, or there is no memory for
 * it: then the call's own result stands. */
bool ports_lock(void);
void ports_unlock(void);

/* Whether a socket of this family, anybody's, listens at the port, or is bound to it if it is no
 * stream socket. if_unknown where the kernel does not say. May take milliseconds. */
bool ports_are_held(int domain, const struct nature *nature, in_port_t port, bool if_unknown);
/* Whether there is one on ::. */
bool ports_have_v6_wildcard(const struct nature *nature, in_port_t port);
/* Whether a relative's stream socket is bound to 0.0.0.0 with this port, and is yet to listen. */
bool ports_are_promised(const struct nature *nature, in_port_t port);

#endif
