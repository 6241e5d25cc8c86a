/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two sockets of one process that share a port: an AF_INET one on 0.0.0.0 and a dual-stack one on
 * ::. The kernel refuses the second one (EADDRINUSE) unless both have SO_REUSEPORT, and then gives
 * IPv4 to the AF_INET socket. Both therefore get the option for the one bind or listen that checks
 * for conflicts, and their previous value afterwards. Measured on Linux 6.18.
 *
 * Everything here keeps errno.
 */
#ifndef LISTENERS_SHARE_H
#define LISTENERS_SHARE_H

#include "sockets/sockets.h"

struct share {
	int fd;				  /* the other socket; -1 if there is none */
	int reuse_port, other_reuse_port; /* SO_REUSEPORT before; -1 if it was not changed */
};

/* Call once, at the start, before the first fork. Without it no port is shared. */
void share_init(void);

/* Finds a descriptor of this process, other than `except` (-1 for none), that is bound to the
 * wildcard of this family with this port (network byte order) and kind's protocol; for AF_INET6, a
 * dual-stack one. Returns -1 if there is none. */
int share_find(int domain, const struct kind *kind, in_port_t port, int except);

/*
 * share_begin: whether fd, of this kind, which was refused the port, may share it with a socket of
 * the other family. If true, repeat the call, then call share_end. Only one thread of one process
 * can share at a time; while another one does, share_begin returns false at once and the call's own
 * result is final.
 */
bool share_begin(int fd, const struct kind *kind, in_port_t port, struct share *ret);
void share_end(int fd, const struct share *share);

#endif
