/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, and recvmsg: on a watched socket each is one rx. */
#include "attributes.h"
#include "calls/entry.h"
#include "calls/first_use.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "replies/rx.h"
#include "replies/watch.h"
#include "runtime/impl.h"
#include "runtime/readable.h"

#include <errno.h>

/* The first recvfrom on a socket that is UDP according to its flags, which may be stale: the call
 * must not wait on a socket of another kind. A datagram with a PKTINFO message proves the kind at
 * no cost; without one, the kernel is asked before the call waits. */
COLD static ssize_t receive_from_first(int fd, uint32_t flags, void *buf, size_t n, int call_flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t socket = fd_socket_id(fd);
	int saved_errno = errno;
	bool has_pktinfo, is_udp;
	ssize_t len = rx_receive_from(
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
	return rx_receive_from(fd, flags, socket, buf, n, call_flags, addr, addr_len, &has_pktinfo);
}

COLD static ssize_t receive_from_undecided(
	int fd, void *buf, size_t n, int call_flags, struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t flags = first_use_decide(fd, WATCH_TRUST);

	if (flags & FD_LEARNS && readable_addr_len(addr, addr_len))
		return receive_from_first(fd, flags, buf, n, call_flags, addr, addr_len);
	return next_recvfrom(fd, buf, n, call_flags, addr, addr_len);
}

HOT_INLINE ssize_t receive_from(
	int fd, void *buf, size_t n, int call_flags, struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t socket, flags = fd_flags_and_id(fd, &socket);
	bool has_pktinfo;

	if (LIKELY(flags & FD_LEARNS) && LIKELY(readable_addr_len(addr, addr_len)))
		return rx_receive_from(
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

/* Programs built with _FORTIFY_SOURCE call this for recvfrom. It ends the program if n exceeds the
 * buffer, which is left to libc. */
EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	if (n > buflen)
		return next_recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len);
	return receive_from(fd, buf, n, flags, addr, addr_len);
}

HOT_INLINE ssize_t receive_watched(
	enum entry entry, int fd, uint32_t flags, struct msghdr *app_msg, int call_flags)
{
	struct msghdr msg;
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char control[RX_CONTROL_MAX + RX_CONTROL_EXTRA];
	const struct rx rx = {.msg = &msg, .name = &name, .control = control};
	ssize_t len;

	rx_prepare(&rx, app_msg);
	len = entry_recvmsg(entry, fd, &msg, call_flags);
	if (UNLIKELY(len < 0)) {
		rx_return_namelen(&msg, app_msg);
		return len;
	}
	rx_deliver(&rx, fd, rx_app_flags(fd, flags), fd_socket_id(fd), app_msg, call_flags,
		impl_now_s());
	return len;
}

HOT_INLINE ssize_t receive_message(enum entry entry, int fd, struct msghdr *message, int call_flags)
{
	uint32_t flags = first_use_before_receive(fd);
	ssize_t len;

	if (flags & FD_WATCHED && readable(message, sizeof(*message)))
		return receive_watched(entry, fd, flags, message, call_flags);
	len = entry_recvmsg(entry, fd, message, call_flags);
	if (len >= 0 && UNLIKELY(rx_needs_check(message)))
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
