/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What recvfrom and sendto have in common when they are done by recvmsg and sendmsg. */
#ifndef CALLS_TRANSFER_H
#define CALLS_TRANSFER_H

#include "calls/style.h"
#include "core/attributes.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* recvfrom and sendto cut a length down to this (MAX_RW_COUNT, include/linux/fs.h), where recvmsg
 * and sendmsg would refuse one that is negative as a ssize_t. */
enum { TRANSFER_MAX = 0x7ffff000 };

/* Nor do they look at MSG_CMSG_COMPAT, the kernel's own flag (include/linux/socket.h), which
 * recvmsg and sendmsg refuse. */
ON_THE_WAY int transfer_flags(int flags)
{
	return flags & INT_MAX;
}

/*
 * These three fill in all of msg that the kernel reads. Field by field: an initializer would clear
 * padding and flags, which nobody reads, for every datagram. But only libc knows of the padding in
 * musl's msghdr that the kernel does read.
 */
ON_THE_WAY void transfer_prepare(
	enum style style, struct msghdr *msg, struct iovec *iov, const void *buf, size_t n)
{
	if (style == BY_NUMBER)
		memset(msg, 0, sizeof(*msg));
	iov->iov_base = (void *)(uintptr_t)buf;
	iov->iov_len = LIKELY(n <= TRANSFER_MAX) ? n : TRANSFER_MAX;
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
}

ON_THE_WAY void transfer_set_name(struct msghdr *msg, const void *name, socklen_t len)
{
	msg->msg_name = (void *)(uintptr_t)name;
	msg->msg_namelen = len;
}

ON_THE_WAY void transfer_set_control(struct msghdr *msg, void *control, size_t len)
{
	msg->msg_control = control;
	msg->msg_controllen = len;
}

#endif
