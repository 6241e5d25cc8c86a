/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto and sendmsg: on a watched socket, a reply to a known peer is an emission. */
#include "calls/emission.h"
#include "calls/export.h"
#include "calls/transfer.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	uint32_t facts = sockets_facts(fd);
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)buf,
		.iov_len = n < TRANSFER_MAX ? n : TRANSFER_MAX,
	};
	const struct msghdr msg = {
		.msg_name = (void *)(uintptr_t)addr,
		.msg_namelen = addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t sent;

	if (facts & FACT_WATCHED && emission_send(fd, facts, &msg, flags, &sent))
		return sent;
	return next_sendto(fd, buf, n, flags, addr, addr_len);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	uint32_t facts = sockets_facts(fd);
	ssize_t sent;

	if (facts & FACT_WATCHED && readable(message, sizeof(*message)) &&
		emission_send(fd, facts, message, flags, &sent))
		return sent;
	return next_sendmsg(fd, message, flags);
}
