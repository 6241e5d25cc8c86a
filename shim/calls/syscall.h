/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that known programs make by number, through syscall: each beside the one by name. */
#ifndef CALLS_SYSCALL_H
#define CALLS_SYSCALL_H

#include "attributes.h"

#include <sys/socket.h>
#include <time.h>

/* number is SYS_recvmmsg or SYS_recvmmsg_time64. */
HIDDEN int syscall_recvmmsg(long number, int fd, struct mmsghdr *vmessages, unsigned int vlen,
	int flags, struct timespec *tmo);
HIDDEN int syscall_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);

#endif
