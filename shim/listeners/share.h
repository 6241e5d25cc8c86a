/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two sockets of one process that have one port: an AF_INET one on 0.0.0.0 and a dual-stack one on
 * ::. The kernel refuses the second one (EADDRINUSE) unless both have SO_REUSEPORT, and then gives
 * IPv4 to the AF_INET socket. So both get that option for the one bind or listen that looks for
 * conflicts, and have afterwards what they had before. Measured on Linux 6.18.
 *
 * Everything here keeps errno.
 */
#ifndef LISTENERS_SHARE_H
#define LISTENERS_SHARE_H

#include "sockets/sockets.h"

struct share {
	int fd;				  /* the other socket; -1 if there is none */
	int reuse_port, other_reuse_port; /* SO_REUSEPORT as it was; -1 if it was not changed */
};

/* Once, at the start, before the first fork: without it no port is shared. */
void share_init(void);

/*
 * A descriptor of this process, other than `except` (-1 for none), that is bound to the wildcard of
 * this family with the port (network byte order) and kind's protocol; of AF_INET6, a dual-stack
 * one. -1 if there is none.
 */
int share_find(int domain, const struct kind *kind, in_port_t port, int except);

/*
 * Whether fd, of this kind, which could not have the port, may share it with a socket of the
 * other family: then the call is worth another try, and share_end has to follow. One thread of one
 * process at a time; false, at once, if another one is at it: then the call's own result stands.
 */
bool share_begin(int fd, const struct kind *kind, in_port_t port, struct share *ret);
void share_end(int fd, const struct share *share);

#endif
