/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, and recvmsg: on a watched socket all are one rx. */
#include "attributes.h"
#include "calls/entry.h"
#include "calls/first_use.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "replies/rx.h"
#include "replies/transfer.h"
#include "replies/tx.h"
#include "replies/watch.h"
#include "runtime/clock.h"
#include "runtime/impl.h"
#include "runtime/readable.h"

#include <errno.h>
#include <limits.h>

/* Whether recvfrom can be done by recvmsg: a bad pointer to the length, or a negative length, is
 * the kernel's to refuse, which it does after the datagram is gone. */
static inline bool is_possible(const struct sockaddr *addr, const socklen_t *addr_len)
{
	return UNLIKELY(addr == NULL) ||
	       (readable(addr_len, sizeof(*addr_len)) && *addr_len <= INT_MAX);
}

/* What a failed recvmsg leaves to be done for recvfrom: whether to call that after all. */
COLD static bool has_to_repeat(int fd, const struct msghdr *msg, int call_flags,
	const struct sockaddr *addr, socklen_t *addr_len)
{
	/* The kernel may tell the length of an address that it could not write. */
	if (addr != NULL && *addr_len != msg->msg_namelen)
		*addr_len = msg->msg_namelen;
	if (impl_recvmsg_is_filtered(fd, call_flags, errno)) {
		tx_leave_filtered(fd);
		return true;
	}
	if (errno != EBADF && errno != ENOTSOCK)
		return false;
	/* Of what is no socket any more, recvfrom has its own way to say so. */
	fd_flags_set(fd, 0);
	return true;
}

/* recvfrom on a watched socket. The program sees no control data, so all of it is ours,
 * and whose a PKTINFO message is does not matter. *ret_has_pktinfo says whether there was one. */
HOT_INLINE ssize_t receive_from_watched(int fd, uint32_t flags, uint32_t socket, void *buf,
	size_t n, int call_flags, struct sockaddr *addr, socklen_t *addr_len, bool *ret_has_pktinfo)
{
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char control[RX_CONTROL_EXTRA];
	socklen_t name_room = LIKELY(addr != NULL) ? *addr_len : sizeof(name);
	struct iovec iov;
	struct msghdr msg;
	ssize_t len;

	transfer_prepare(&msg, &iov, buf, n);
	transfer_set_name(&msg, LIKELY(addr != NULL) ? (void *)addr : &name, name_room);
	transfer_set_control(&msg, control, sizeof(control));
	len = impl_recvmsg(fd, &msg, transfer_flags(call_flags));
	*ret_has_pktinfo = false;
	if (UNLIKELY(len < 0)) {
		if (has_to_repeat(fd, &msg, transfer_flags(call_flags), addr, addr_len))
			return next_recvfrom(fd, buf, n, call_flags, addr, addr_len);
		return len;
	}
	*ret_has_pktinfo = rx_learn(fd, flags & ~(uint32_t)FD_APP_PKTINFO, socket, &msg, name_room,
		call_flags, NULL, clock_now_s());
	if (LIKELY(addr != NULL))
		*addr_len = msg.msg_namelen;
	return len;
}

/*
 * The first recvfrom on a socket whose flags alone say that it is one to watch. A datagram with a
 * PKTINFO message proves it, at no cost; so the call does not wait before there has been one, or
 * the kernel has been asked.
 */
COLD static ssize_t receive_from_first(int fd, uint32_t flags, void *buf, size_t n, int call_flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t socket = fd_socket(fd);
	int saved_errno = errno;
	bool has_pktinfo, is_udp;
	ssize_t len = receive_from_watched(
		fd, flags, socket, buf, n, call_flags | MSG_DONTWAIT, addr, addr_len, &has_pktinfo);

	if (has_pktinfo)
		return len;
	/* A filter may have refused recvmsg. */
	is_udp = fd_flags(fd) & FD_LEARNS && watch_confirm(fd);
	if (len < 0 && errno != EAGAIN)
		return len;
	errno = saved_errno;
	if (len >= 0)
		return len;
	if (!is_udp)
		return next_recvfrom(fd, buf, n, call_flags, addr, addr_len);
	return receive_from_watched(
		fd, flags, socket, buf, n, call_flags, addr, addr_len, &has_pktinfo);
}

COLD static ssize_t receive_from_undecided(
	int fd, void *buf, size_t n, int call_flags, struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t flags = first_use_decide(fd, WATCH_TRUST);

	if (flags & FD_LEARNS && is_possible(addr, addr_len))
		return receive_from_first(fd, flags, buf, n, call_flags, addr, addr_len);
	return next_recvfrom(fd, buf, n, call_flags, addr, addr_len);
}

HOT_INLINE ssize_t receive_from(
	int fd, void *buf, size_t n, int call_flags, struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t socket, flags = fd_flags_and_socket(fd, &socket);
	bool has_pktinfo;

	if (LIKELY(flags & FD_LEARNS) && LIKELY(is_possible(addr, addr_len)))
		return receive_from_watched(
			fd, flags, socket, buf, n, call_flags, addr, addr_len, &has_pktinfo);
	if (UNLIKELY(flags == 0 || flags & FD_UNDECIDED))
		return receive_from_undecided(fd, buf, n, call_flags, addr, addr_len);
	return next_recvfrom(fd, buf, n, call_flags, addr, addr_len);
}

EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
	struct sockaddr *restrict addr, socklen_t *restrict addr_len)
{
	return receive_from(fd, buf, n, flags, addr, addr_len);
}

ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags, struct sockaddr *addr,
	socklen_t *addr_len);

/* What a program built with _FORTIFY_SOURCE calls for recvfrom; it ends the program if n is more
 * than the buffer holds, which is libc's to do. */
EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	if (n > buflen)
		return next_recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len);
	return receive_from(fd, buf, n, flags, addr, addr_len);
}

/* recvmsg on a watched socket. */
HOT_INLINE ssize_t receive_watched(
	enum entry entry, int fd, uint32_t flags, struct msghdr *theirs, int call_flags)
{
	struct msghdr msg;
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char control[RX_CONTROL_MAX + RX_CONTROL_EXTRA];
	const struct rx rx = {.msg = &msg, .name = &name, .control = control};
	ssize_t len;

	rx_prepare(&rx, theirs);
	len = entry_recvmsg(entry, fd, &msg, call_flags);
	if (UNLIKELY(len < 0)) {
		rx_tell_name(&msg, theirs);
		return len;
	}
	rx_deliver(
		&rx, fd, rx_app_flags(fd, flags), fd_socket(fd), theirs, call_flags, clock_now_s());
	return len;
}

HOT_INLINE ssize_t receive_message(enum entry entry, int fd, struct msghdr *message, int call_flags)
{
	uint32_t flags = first_use_before_receive(fd);
	ssize_t len;

	if (flags & FD_WATCHED && readable(message, sizeof(*message)))
		return receive_watched(entry, fd, flags, message, call_flags);
	len = entry_recvmsg(entry, fd, message, call_flags);
	if (len >= 0 && UNLIKELY(message->msg_controllen != 0))
		rx_check(fd, message);
	return len;
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return receive_message(ENTRY_NAME, fd, message, flags);
}

EXPORT_TIME64 ssize_t __recvmsg64(int fd, struct msghdr *message, int flags);

EXPORT_TIME64 ssize_t __recvmsg64(int fd, struct msghdr *message, int flags)
{
	return receive_message(ENTRY_NAME_TIME64, fd, message, flags);
}
