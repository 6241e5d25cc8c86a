/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pinning: connecting a UDP socket from a local address that routing would not choose. */
#ifndef REPLIES_PIN_H
#define REPLIES_PIN_H

#include "sockets/address.h"

#include <stdint.h>
#include <sys/socket.h>

/*
 * fd, with these flags as they were before it was connected, is connected to addr, and the kernel
 * has given it another local address than source's. Connects it once more, from source; where that
 * cannot be, or would take the program's own device or multicast interface from the socket, it
 * stays, or is connected again, as the kernel has it. Its port stays what it was. Returns what
 * connect does. From here to the end the thread must not be cancelled.
 */
int pin_connect(int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len,
	const struct source *source);

#endif
