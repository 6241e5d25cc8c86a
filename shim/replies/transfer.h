/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What recvfrom and sendto have in common when they are done by recvmsg and sendmsg. */
#ifndef REPLIES_TRANSFER_H
#define REPLIES_TRANSFER_H

#include "attributes.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* recvfrom and sendto cut a length down to this (MAX_RW_COUNT, include/linux/fs.h), where recvmsg
 * and sendmsg would refuse one that is negative as a ssize_t. */
enum { TRANSFER_MAX = 0x7ffff000 };

/* Nor do they look at MSG_CMSG_COMPAT, the kernel's own flag (include/linux/socket.h), which
 * recvmsg and sendmsg refuse. */
HOT_INLINE int transfer_flags(int flags)
{
	return flags & INT_MAX;
}

/* These three fill in all of msg that libc and the kernel read. Field by field: an initializer
 * would clear padding as well, for every datagram. */
HOT_INLINE void transfer_prepare(struct msghdr *msg, struct iovec *iov, const void *buf, size_t n)
{
	iov->iov_base = (void *)(uintptr_t)buf;
	iov->iov_len = LIKELY(n <= TRANSFER_MAX) ? n : TRANSFER_MAX;
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
}

HOT_INLINE void transfer_set_name(struct msghdr *msg, const void *name, socklen_t len)
{
	msg->msg_name = (void *)(uintptr_t)name;
	msg->msg_namelen = len;
}

HOT_INLINE void transfer_set_control(struct msghdr *msg, void *control, size_t len)
{
	msg->msg_control = control;
	msg->msg_controllen = len;
}

#endif
