/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * UDP sockets that get a second number, or a second process, before they are bound. The bind is
 * seen under the one and not under the other, whose word would go on saying that the socket is
 * unbound. So of such a socket the kernel is asked anew, at each use, until it is bound: that is
 * before the first datagram, or right behind it.
 */
#ifndef SYS_SHARED_H
#define SYS_SHARED_H

#include <stdint.h>

/* fd is being duplicated: the word for the duplicate, which may have become fd's own, too. */
uint32_t shared_by_duplicate(int fd);
/* Before a fork. Parent and child will share the table of peers if they share such a socket. Keeps
 * errno. */
void shared_before_fork(void);

#endif
