/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a port is taken, by whatever process of this host's network namespace. */
#ifndef LISTENERS_PORTS_H
#define LISTENERS_PORTS_H

#include "sockets/sockets.h"

/*
 * Whether a socket of this family (AF_INET, AF_INET6) and of kind's protocol listens at the port,
 * or is bound to it if it is no stream socket. port is in network byte order. Reads the kernel's
 * table of sockets, which may take milliseconds; if_unknown is the answer where there is none, or a
 * seccomp filter forbids to read it. Keeps errno.
 */
bool ports_are_held(int domain, const struct kind *kind, in_port_t port, bool if_unknown);

#endif
