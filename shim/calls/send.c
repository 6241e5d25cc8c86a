/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto and sendmsg: a message to a known peer is a tx. */
#include "attributes.h"
#include "calls/entry.h"
#include "calls/first_use.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "replies/tx.h"
#include "runtime/readable.h"

#include <errno.h>

/* sendto where this thread's last datagram does not settle the source. An overlong address goes to
 * libc, because sendto refuses it and sendmsg truncates it. */
NOINLINE static ssize_t send_to_otherwise(int fd, const void *buf, size_t n, int call_flags,
	const struct sockaddr *addr, socklen_t addr_len)
{
	struct tx_socket socket = {.fd = fd};
	struct source source;

	socket.flags = first_use_before_send(fd, &socket.socket);
	if (!(socket.flags & FD_SELECTS) || addr_len > sizeof(struct sockaddr_storage) ||
		!tx_choose(&socket, addr, addr_len, &source))
		return next_sendto(fd, buf, n, call_flags, addr, addr_len);
	return tx_send_to(fd, socket.flags, buf, n, call_flags, addr, addr_len, &source);
}

EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int call_flags,
	const struct sockaddr *addr, socklen_t addr_len)
{
	uint32_t socket, flags = fd_flags_and_id(fd, &socket);
	struct source source;

	if (LIKELY(flags & FD_LEARNS) && LIKELY(!log_wants(LOG_LEVEL_DEBUG)) &&
		LIKELY(addr_len <= sizeof(struct sockaddr_storage)) &&
		readable_peer(addr, addr_len) &&
		LIKELY(last_peer_answer(addr, addr_len, socket, &source)))
		return tx_send_to(fd, flags, buf, n, call_flags, addr, addr_len, &source);
	if (LIKELY(flags != 0 && !(flags & FD_SELECTS)))
		return next_sendto(fd, buf, n, call_flags, addr, addr_len);
	return send_to_otherwise(fd, buf, n, call_flags, addr, addr_len);
}

/* Runs after the kernel has refused msg. If the source is the reason, sends msg again without it,
 * with the program's own control data and saved_errno restored, and forgets the source if that
 * succeeds. */
COLD static ssize_t send_again(enum entry entry, int fd, uint32_t flags, struct msghdr *msg,
	void *control, size_t control_len, int call_flags, int saved_errno)
{
	struct refusal refusal;
	ssize_t sent;

	if (!tx_is_refused(fd, msg, errno, &refusal))
		return -1;
	msg->msg_control = control;
	msg->msg_controllen = control_len;
	errno = saved_errno;
	sent = entry_sendmsg(entry, fd, msg, call_flags);
	if (sent >= 0)
		tx_forget(fd, flags, msg, &refusal);
	return sent;
}

/* Sends msg. If the kernel refuses its source, sends it again with the program's own control data
 * and returns that result. */
HOT_INLINE ssize_t send_with_source(enum entry entry, int fd, uint32_t flags, struct msghdr *msg,
	void *control, size_t control_len, int call_flags)
{
	int saved_errno = errno;
	ssize_t sent = entry_sendmsg(entry, fd, msg, call_flags);

	if (LIKELY(sent >= 0))
		return sent;
	return send_again(entry, fd, flags, msg, control, control_len, call_flags, saved_errno);
}

/* Adds the source to the program's control data and sends. */
HOT_INLINE ssize_t send_selecting(
	enum entry entry, struct tx_socket *socket, const struct msghdr *message, int call_flags)
{
	_Alignas(struct cmsghdr) unsigned char control[TX_CONTROL_MAX + PKTINFO_SEND_SPACE];
	struct msghdr msg;

	if (!readable(message, sizeof(*message)) || !tx_prepare(socket, message, &msg, control))
		return entry_sendmsg(entry, socket->fd, message, call_flags);
	return send_with_source(entry, socket->fd, socket->flags, &msg, message->msg_control,
		message->msg_controllen, call_flags);
}

HOT_INLINE ssize_t send_message(
	enum entry entry, int fd, const struct msghdr *message, int call_flags)
{
	struct tx_socket socket = {.fd = fd};

	socket.flags = first_use_before_send(fd, &socket.socket);
	if (socket.flags & FD_SELECTS)
		return send_selecting(entry, &socket, message, call_flags);
	return entry_sendmsg(entry, fd, message, call_flags);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return send_message(ENTRY_NAME, fd, message, flags);
}

EXPORT_TIME64 ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags);

EXPORT_TIME64 ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags)
{
	return send_message(ENTRY_NAME_TIME64, fd, message, flags);
}
