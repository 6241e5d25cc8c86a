/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a socket is to us, by what the program does with it: which flags (sockets/fd_flags.h) each
 * of its calls makes of those before. Only classify_inherited asks the kernel.
 */
#ifndef SOCKETS_CLASSIFY_H
#define SOCKETS_CLASSIFY_H

#include "sockets/sockets.h"

/* socket(2) has made one of this kind. */
uint32_t classify_new(const struct kind *kind);
/* A UDP socket has been bound here; port 0 if the kernel chose the port. */
uint32_t classify_bound(uint32_t flags, const struct endpoint *local);
/* connect(2) has succeeded: to a peer, or to AF_UNSPEC, which makes of the socket what it was. */
uint32_t classify_connected(uint32_t flags);
uint32_t classify_disconnected(uint32_t flags);
/* It has sent for the first time before it received. On a port that the kernel chose, also by this
 * very datagram, it is a client's, and left alone for good. */
uint32_t classify_sent_first(uint32_t flags);
/* It has answered what another socket was asked: it is a server's, whatever its port. */
uint32_t classify_followed(uint32_t flags);

/*
 * Asks the kernel about a descriptor whose making, or whose binding, was not seen, and notes what
 * it says; the program's own doings, as far as they were seen, are kept. Returns the flags; 0 where
 * nothing can be noted.
 */
COLD uint32_t classify_inherited(int fd);

#endif
