/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tx: one datagram on its way from the program to the kernel. If it goes to a peer that is known,
 * it is sent by a message header of ours that names the source. The program's own header and
 * control data are copied, never written.
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

/* The largest control data of a program's that is copied. Nothing that a UDP socket takes comes
 * near it but IPv6 extension headers; such a datagram is left as it is. */
enum { TX_CONTROL_MAX = 1024 };

/* The line of the log that says from where a datagram is sent, and why. */
COLD void tx_log(int fd, const struct sockaddr *addr, socklen_t len, enum choice choice,
	const struct source *source);

/* A descriptor that something is sent by. */
struct tx_socket {
	int fd;
	uint32_t flags;
	uint32_t socket; /* its identity; 0 if it is not known */
	uint32_t now_s;	 /* 0 until somebody asks for the time */
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

/* The source for what goes to such an address, and how it is known; not logged. Keeps errno. */
COLD enum choice tx_find(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret);

/* The same for what is being sent by a socket that has not received here, which says whose it is.
 */
COLD enum choice tx_find_and_note(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret);

/* The same for whatever is sent. */
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

/*
 * The source for a datagram to this address, on a descriptor with FD_SELECTS. False if none is
 * known, or if the address is one that only the kernel should look at. Keeps errno.
 */
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

/* Also where the pointer to it is null: that is the kernel's to refuse. */
static inline bool tx_has_control(const struct msghdr *app_msg)
{
	return app_msg->msg_controllen != 0;
}

/* How much control data it takes to send theirs with a source; 0 if its own is too large. */
static inline size_t tx_control_size(const struct msghdr *app_msg)
{
	if (!tx_has_control(app_msg))
		return PKTINFO_SEND_SPACE;
	if (app_msg->msg_controllen > TX_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(app_msg->msg_controllen) + PKTINFO_SEND_SPACE;
}

/* tx_prepare where the program has control data of its own. */
bool tx_prepare_control(struct tx_socket *socket, const struct msghdr *app_msg, struct msghdr *msg,
	unsigned char *control);

/*
 * Makes ours a copy of theirs that names the source for its peer, with control data in control,
 * which is tx_control_size(theirs) bytes long and aligned as a cmsghdr. False if theirs is to go to
 * the kernel as it is: no source is known, the program names one itself, or there is something in
 * it that only the kernel should look at. Keeps errno.
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

/* Why the kernel refuses a source. */
struct refusal {
	int error;
	struct address source;
};

/*
 * Whether the kernel refuses the source of ours, so that the same without it is worth a try; *ret
 * is set then. error is what the send has failed with, 0 if that is not known: many another error
 * is the program's to hear of, and of the few that a source may bring, any may also be an earlier
 * datagram's. So the kernel is asked again, about the source alone. Keeps errno.
 */
COLD bool tx_is_refused(int fd, const struct msghdr *msg, int error, struct refusal *ret);
/* The kernel has taken this datagram without the source that it refused: that is forgotten, and
 * logged, once a socket. Keeps errno. */
COLD void tx_forget(
	int fd, uint32_t flags, const struct msghdr *msg, const struct refusal *refusal);

/*
 * What tx_send_to does where the kernel, or a seccomp filter, has failed msg: the program's own
 * sendto, where that may be for the source or because it was done by sendmsg; its result is the
 * program's. saved_errno is the errno of before.
 */
COLD ssize_t tx_send_to_plainly(
	int fd, uint32_t flags, const struct msghdr *msg, int call_flags, int saved_errno);

/* sendto where the source is known, done by sendmsg. */
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
	msg.msg_flags = 0; /* read by nobody but strace(1) and valgrind(1) */
	sent = impl_sendmsg(fd, &msg, call_flags);
	if (LIKELY(sent >= 0))
		return sent;
	return tx_send_to_plainly(fd, flags, &msg, call_flags, saved_errno);
}

#endif
