/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a port is taken, by any process in this thread's network namespace. */
#ifndef LISTENERS_PORTS_H
#define LISTENERS_PORTS_H

#include "sockets/sockets.h"

/*
 * Whether a socket of this family (AF_INET, AF_INET6) and of kind's protocol listens on the port
 * or, if not a stream socket, is bound to it. port is in network byte order. Reads the kernel's
 * table of sockets, which may take milliseconds. Returns if_unknown if there is no such table or a
 * seccomp filter forbids reading it. Keeps errno.
 */
bool ports_are_held(int domain, const struct kind *kind, in_port_t port, bool if_unknown);

#endif
