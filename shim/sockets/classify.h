/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classifies a socket by what the program does with it: given the flags (sockets/fd_flags.h) before
 * a call, each function returns the flags after it. Only classify_inherited asks the kernel. */
#ifndef SOCKETS_CLASSIFY_H
#define SOCKETS_CLASSIFY_H

#include "sockets/sockets.h"

/* Flags of a socket of this kind that socket(2) has just created. */
uint32_t classify_new(const struct kind *kind);
/* A UDP socket was bound to local; port 0 means that the kernel chose the port. */
uint32_t classify_bound(uint32_t flags, const struct endpoint *local);
/* connect(2) succeeded: to a peer, or to AF_UNSPEC, which restores the flags of the socket before
 * it was connected. */
uint32_t classify_connected(uint32_t flags);
uint32_t classify_disconnected(uint32_t flags);
/* The socket has sent before its first receive, to a peer that is not known. If the kernel chose
 * its port, or chose it for this datagram, the socket is a client's and is left alone for good. */
uint32_t classify_sent_first(uint32_t flags);
/* The socket has answered a request that another socket received: it is a server's, whatever its
 * port. */
uint32_t classify_followed(uint32_t flags);

/*
 * Classifies a descriptor whose creation or bind this library did not see, by asking the kernel,
 * and stores the flags. Keeps the options that the program was seen to set. Returns the flags; 0 if
 * fd is no socket or cannot be stored. Keeps errno.
 */
COLD uint32_t classify_inherited(int fd);

#endif
