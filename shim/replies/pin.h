/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pinning: connects a UDP socket from a local address that routing would not choose. */
#ifndef REPLIES_PIN_H
#define REPLIES_PIN_H

#include "sockets/address.h"

#include <stdint.h>
#include <sys/socket.h>

/*
 * fd is connected to addr, and the kernel has chosen another local address than source. Connects fd
 * again, from source. If that fails, or would take the program's own device or multicast interface
 * from the socket, fd stays connected, or is connected again, from the address that the kernel
 * chooses. Its port does not change. flags are those of fd before it was connected. Returns what
 * connect(2) does. The caller must have disabled cancellation.
 */
int pin_connect(int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len,
	const struct source *source);

#endif
