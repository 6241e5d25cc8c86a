/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto and sendmsg: on a watched socket, a reply to a known peer is an emission. */
#include "calls/emission.h"
#include "calls/own.h"
#include "calls/style.h"
#include "calls/transfer.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"
#include "sys/time64.h"

/* On a watched socket done by sendmsg, which takes an address longer than any for one that is cut;
 * sendto refuses it. */
ON_THE_WAY ssize_t send_to(enum style style, int fd, const void *buf, size_t n, int flags,
	const struct sockaddr *addr, socklen_t addr_len)
{
	_Alignas(struct cmsghdr) unsigned char control[PKTINFO_SEND_SPACE];
	struct iovec iov;
	struct msghdr msg;
	struct source source;
	uint32_t facts = sockets_facts(fd, FACT_OPEN);

	if (UNLIKELY(addr_len > sizeof(struct sockaddr_storage)) || !(facts & FACT_OPEN) ||
		!emission_choose(fd, facts, addr, addr_len, &source))
		return style_sendto(style, fd, buf, n, flags, addr, addr_len);
	transfer_prepare(style, &msg, &iov, buf, n);
	transfer_set_name(&msg, addr, addr_len);
	transfer_set_control(&msg, control, pktinfo_write(control, &source));
	return emission_send(style, fd, facts, &msg, NULL, 0, transfer_flags(flags));
}

EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	return send_to(BY_NAME, fd, buf, n, flags, addr, addr_len);
}

ssize_t own_sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	return send_to(BY_NUMBER, fd, buf, n, flags, addr, addr_len);
}

/* On a watched socket, sent with the source added to the program's control data. */
ON_THE_WAY ssize_t send_open(
	enum style style, int fd, uint32_t facts, const struct msghdr *message, int flags)
{
	_Alignas(struct cmsghdr) unsigned char control[EMISSION_CONTROL_MAX + PKTINFO_SEND_SPACE];
	struct msghdr msg;

	if (!readable(message, sizeof(*message)) ||
		!emission_prepare(fd, facts, message, &msg, control))
		return style_sendmsg(style, fd, message, flags);
	return emission_send(
		style, fd, facts, &msg, message->msg_control, message->msg_controllen, flags);
}

ON_THE_WAY ssize_t send_message(enum style style, int fd, const struct msghdr *message, int flags)
{
	uint32_t facts = sockets_facts(fd, FACT_OPEN);

	if (facts & FACT_OPEN)
		return send_open(style, fd, facts, message, flags);
	return style_sendmsg(style, fd, message, flags);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return send_message(BY_NAME, fd, message, flags);
}

EXPORT_TIME64 ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags);

EXPORT_TIME64 ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags)
{
	return send_message(BY_NAME_TIME64, fd, message, flags);
}

ssize_t own_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return send_message(BY_NUMBER, fd, message, flags);
}
