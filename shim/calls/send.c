/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto and sendmsg: on a watched socket, a reply to a known peer is an emission. */
#include "calls/emission.h"
#include "calls/transfer.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

/* sendto by sendmsg. */
static __attribute__((noinline)) ssize_t send_to(int fd, const void *buf, size_t n, int flags,
	const struct sockaddr *addr, socklen_t addr_len)
{
	_Alignas(struct cmsghdr) unsigned char control[PKTINFO_SEND_SPACE];
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)buf,
		.iov_len = n < TRANSFER_MAX ? n : TRANSFER_MAX,
	};
	struct msghdr msg = {
		.msg_name = (void *)(uintptr_t)addr,
		.msg_namelen = addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
	};
	struct emission tx;

	if (!emission_choose(&tx, fd, addr, addr_len))
		return next_sendto(fd, buf, n, flags, addr, addr_len);
	msg.msg_controllen = pktinfo_write(control, &tx.source);
	return emission_send(&tx, fd, &msg, NULL, 0, flags);
}

static OFF_THE_WAY ssize_t meet_and_send_to(int fd, const void *buf, size_t n,
	int flags, const struct sockaddr *addr, socklen_t addr_len)
{
	if (sockets_meet(fd))
		return send_to(fd, buf, n, flags, addr, addr_len);
	return next_sendto(fd, buf, n, flags, addr, addr_len);
}

EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	uint32_t facts = facts_at_hand(fd);

	if (facts & FACT_WATCHED)
		return send_to(fd, buf, n, flags, addr, addr_len);
	if (facts & FACT_KNOWN)
		return next_sendto(fd, buf, n, flags, addr, addr_len);
	return meet_and_send_to(fd, buf, n, flags, addr, addr_len);
}

/* sendmsg with a source. */
static __attribute__((noinline)) ssize_t send_message(
	int fd, const struct msghdr *message, int flags)
{
	_Alignas(struct cmsghdr) unsigned char control[EMISSION_CONTROL_MAX + PKTINFO_SEND_SPACE];
	struct msghdr msg;
	struct emission tx;

	if (!readable(message, sizeof(*message)) ||
		!emission_prepare(&tx, fd, message, &msg, control))
		return next_sendmsg(fd, message, flags);
	return emission_send(
		&tx, fd, &msg, message->msg_control, message->msg_controllen, flags);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (sockets_is_watched(fd))
		return send_message(fd, message, flags);
	return next_sendmsg(fd, message, flags);
}
