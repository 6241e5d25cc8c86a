/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that known programs make by number, through syscall. Each is defined beside the call by
 * name. */
#ifndef CALLS_SYSCALL_H
#define CALLS_SYSCALL_H

#include "attributes.h"

#include <sys/socket.h>
#include <time.h>

/* number is SYS_recvmmsg or SYS_recvmmsg_time64. Both return and fail as libc's functions do. */
HIDDEN int syscall_recvmmsg(long number, int fd, struct mmsghdr *vmessages, unsigned int vlen,
	int flags, struct timespec *tmo);
HIDDEN int syscall_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);

#endif
