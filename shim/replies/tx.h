/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tx: one datagram from the program to the kernel. If the peer is known, the library sends it with
 * a message header of its own that names the source. It copies the program's header and control
 * data, and never writes to them.
 */
#ifndef REPLIES_TX_H
#define REPLIES_TX_H

#include "attributes.h"
#include "replies/pktinfo.h"
#include "replies/select.h"
#include "runtime/impl.h"
#include "runtime/log.h"
#include "runtime/readable.h"
#include "sockets/fd_flags.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The largest control data of the program's that is copied. Of all that a UDP socket accepts, only
 * IPv6 extension headers come near it; a datagram with more is sent unchanged. */
enum { TX_CONTROL_MAX = 1024 };

/* Logs from which source a datagram is sent, and why. */
COLD void tx_log(int fd, const struct sockaddr *addr, socklen_t len, enum choice choice,
	const struct source *source);

/* A descriptor that a call sends on. */
struct tx_socket {
	int fd;
	uint32_t flags;
	uint32_t socket; /* its id; 0 if unknown */
	uint32_t now_s;	 /* 0 until the time is read */
};

HOT_INLINE struct lookup tx_lookup(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len)
{
	return (struct lookup){
		.peer = addr,
		.len = len,
		.now_s = &socket->now_s,
		.socket = socket->socket,
		.follows = (socket->flags & (FD_MAY_FOLLOW | FD_APP_EGRESS)) == FD_MAY_FOLLOW,
		.names_interfaces = socket->flags & FD_INTERFACE,
	};
}

/* The source for a datagram to addr, and how it is known. Does not log. Keeps errno. */
COLD enum choice tx_find(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret);

/* The same for a datagram that is being sent on a socket that has not received in this process. The
 * send shows whether it is a client's or a server's, and its flags record that. */
COLD enum choice tx_find_and_note(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret);

/* The same for any datagram that is being sent. */
HOT_INLINE enum choice tx_look_up(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	struct lookup lookup;

	if (UNLIKELY(!(socket->flags & FD_LEARNS)))
		return tx_find_and_note(socket, addr, len, ret);
	if (LIKELY(last_peer_answer(addr, len, socket->socket, ret)))
		return CHOICE_LAST;
	lookup = tx_lookup(socket, addr, len);
	return select_source(&lookup, ret);
}

/* The source for a datagram to addr, on a descriptor with FD_SELECTS. False if none is known, or if
 * only the kernel should look at the address. Keeps errno. */
HOT_INLINE bool tx_choose(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	enum choice choice;

	if (!readable_peer(addr, len))
		return false;
	choice = tx_look_up(socket, addr, len, ret);
	if (log_wants(LOG_LEVEL_DEBUG))
		tx_log(socket->fd, addr, len, choice, ret);
	return choice != CHOICE_NONE;
}

/* Also true if the pointer is null: the kernel refuses that. */
static inline bool tx_has_control(const struct msghdr *app_msg)
{
	return app_msg->msg_controllen != 0;
}

/* Bytes of control buffer needed to send app_msg with a source; 0 if its control data is too
 * large. */
static inline size_t tx_control_size(const struct msghdr *app_msg)
{
	if (!tx_has_control(app_msg))
		return PKTINFO_SEND_SPACE;
	if (app_msg->msg_controllen > TX_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(app_msg->msg_controllen) + PKTINFO_SEND_SPACE;
}

/* tx_prepare for a message with control data of the program's. */
bool tx_prepare_control(struct tx_socket *socket, const struct msghdr *app_msg, struct msghdr *msg,
	unsigned char *control);

/*
 * Makes msg a copy of app_msg that names the source for its peer. control is the buffer for its
 * control data: tx_control_size(app_msg) bytes, aligned as a cmsghdr, in use as long as msg. False
 * if app_msg must go to the kernel unchanged: no source is known, the program names one itself, or
 * only the kernel should look at what is in it. Keeps errno.
 */
HOT_INLINE bool tx_prepare(struct tx_socket *socket, const struct msghdr *app_msg,
	struct msghdr *msg, unsigned char *control)
{
	struct source source;

	if (UNLIKELY(tx_has_control(app_msg)))
		return tx_prepare_control(socket, app_msg, msg, control);
	if (!tx_choose(socket, app_msg->msg_name, app_msg->msg_namelen, &source))
		return false;
	*msg = *app_msg;
	msg->msg_control = control;
	msg->msg_controllen = pktinfo_write(control, socket->flags & FD_INET6, &source);
	return true;
}

/* A source that the kernel refuses, and its reason. */
struct refusal {
	int error;
	struct address source;
};

/*
 * Whether the kernel refuses the source in msg, which makes it worth sending without; sets *ret
 * then. error is the errno of the failed send, 0 if unknown. Most errors are for the program. The
 * few that a source may cause may also come from an earlier datagram, so the kernel is probed about
 * the source alone. Keeps errno.
 */
COLD bool tx_is_refused(int fd, const struct msghdr *msg, int error, struct refusal *ret);
/* The kernel has taken this datagram without the source that it refused: forgets the source, and
 * logs that once per socket, at level debug each time. Keeps errno. */
COLD void tx_forget(
	int fd, uint32_t flags, const struct msghdr *msg, const struct refusal *refusal);

/*
 * What tx_send_to does after the kernel or a seccomp filter has failed msg: calls the program's own
 * sendto if the cause may be the source, or the use of sendmsg. Returns the result for the program.
 * saved_errno is errno before the call.
 */
COLD ssize_t tx_send_to_plainly(
	int fd, uint32_t flags, const struct msghdr *msg, int call_flags, int saved_errno);

/* sendto with a known source, done by sendmsg. */
HOT_INLINE ssize_t tx_send_to(int fd, uint32_t flags, const void *buf, size_t n, int call_flags,
	const struct sockaddr *addr, socklen_t addr_len, const struct source *source)
{
	_Alignas(struct cmsghdr) unsigned char control[PKTINFO_SEND_SPACE];
	size_t control_len = pktinfo_write(control, flags & FD_INET6, source);
	int saved_errno = errno;
	struct iovec iov;
	struct msghdr msg;
	ssize_t sent;

	impl_fill(&msg, &iov, buf, n, addr, addr_len, control, control_len);
	msg.msg_flags = 0; /* only strace(1) and valgrind(1) read it */
	sent = impl_sendmsg(fd, &msg, call_flags);
	if (LIKELY(sent >= 0))
		return sent;
	return tx_send_to_plainly(fd, flags, &msg, call_flags, saved_errno);
}

#endif
