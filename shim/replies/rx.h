/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rx: one datagram from the kernel to the program, on a watched socket. The library receives it
 * into a message header of its own, with buffer space for PKTINFO messages, and fills the program's
 * header as the kernel would have.
 */
#ifndef REPLIES_RX_H
#define REPLIES_RX_H

#include "attributes.h"
#include "replies/app_options.h"
#include "replies/pktinfo.h"
#include "replies/select.h"
#include "runtime/impl.h"
#include "runtime/log.h"
#include "sockets/fd_flags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * The largest control buffer of the program's for which the library receives into one of its own.
 * It receives into a larger one directly: a UDP socket's messages fill that much only if the
 * program has asked for whole IPv6 extension headers.
 */
enum { RX_CONTROL_MAX = 1024 };

/*
 * Buffer space beyond the program's. It also holds messages that come before the PKTINFO ones
 * (timestamps, drop counts, GRO sizes) if the program gave no control buffer for them: they must
 * not push the PKTINFO messages out.
 */
enum { RX_CONTROL_EXTRA = PKTINFO_RECV_SPACE + 184 };

/* The message header for the kernel, with what it points to. */
struct rx {
	struct msghdr *msg;
	struct sockaddr_in6 *name; /* used if the program wants no name */
	unsigned char *control;	   /* rx_control_size(app_msg) bytes, aligned as a cmsghdr */
};

/* Bytes of control buffer needed to receive for app_msg; 0 to receive into the program's buffer. */
static inline size_t rx_control_size(const struct msghdr *app_msg)
{
	if (app_msg->msg_control == NULL)
		return RX_CONTROL_EXTRA;
	if (app_msg->msg_controllen > RX_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(app_msg->msg_controllen) + RX_CONTROL_EXTRA;
}

/* Fills rx->msg for the kernel. Errors in app_msg are copied, for the kernel to report. */
HOT_INLINE void rx_prepare(const struct rx *rx, const struct msghdr *app_msg)
{
	size_t control_size = rx_control_size(app_msg);

	*rx->msg = *app_msg;
	if (app_msg->msg_name == NULL) {
		rx->msg->msg_name = rx->name;
		rx->msg->msg_namelen = sizeof(*rx->name);
	}
	if (control_size != 0) {
		rx->msg->msg_control = rx->control;
		rx->msg->msg_controllen = control_size;
	}
}

/* The flags that say which PKTINFO messages are the program's. Called after the receive, because
 * the program may enable PKTINFO while it waits for a datagram. */
HOT_INLINE uint32_t rx_app_flags(int fd, uint32_t flags)
{
	return LIKELY(app_options_are_current()) ? flags : app_options_refresh(fd);
}

/* Logs what was learnt. */
COLD void rx_log(int fd, const struct msghdr *msg, const struct source *source);

/* pktinfo_take, with the common cases first. */
HOT_INLINE bool rx_take(
	uint32_t flags, const struct msghdr *msg, struct control_sink *sink, struct source *ret)
{
	bool has_any;

	if (LIKELY(!(flags & (FD_INTERFACE | FD_APP_PKTINFO))) &&
		LIKELY(pktinfo_take_plain_v6(msg, ret)))
		return true;
	has_any = pktinfo_take(msg, fd_flags_app_families(flags), sink, ret);
	if (has_any)
		select_limit_interface(ret, flags & FD_INTERFACE);
	return has_any;
}

/*
 * Learns from msg, as the kernel has filled it: the peer and the request destination. Nothing is
 * learnt from an address that was cut to name_size bytes. The program's control messages go to
 * sink. socket is fd's id, call_flags are those of the call, now_s is its time in seconds. Returns
 * whether there was a PKTINFO message that could be read.
 */
HOT_INLINE bool rx_learn(int fd, uint32_t flags, uint32_t socket, const struct msghdr *msg,
	socklen_t name_size, int call_flags, struct control_sink *sink, uint32_t now_s)
{
	bool is_learnt = flags & FD_LEARNS && LIKELY(!(call_flags & MSG_ERRQUEUE)) &&
			 LIKELY(msg->msg_namelen <= name_size);
	const struct sockaddr *peer = msg->msg_name;
	bool is_news = is_learnt;
	struct source source;
	struct in_addr v4;

	if (LIKELY(!(flags & (FD_INTERFACE | FD_APP_PKTINFO))) &&
		LIKELY(pktinfo_take_plain_v4(msg, &v4) || pktinfo_take_plain_both(msg, &v4))) {
		is_news = is_learnt &&
			  !last_peer_repeat_v4(peer, msg->msg_namelen, socket, v4, now_s);
		if (LIKELY(!is_news) && !log_wants(LOG_LEVEL_DEBUG))
			return true;
		source = (struct source){.addr = address_from_v4(v4)};
	} else if (rx_take(flags, msg, sink, &source)) {
		if (is_learnt)
			is_news = !last_peer_repeat(peer, msg->msg_namelen, socket, &source, now_s);
	} else {
		return false;
	}
	if (is_news)
		select_learn(peer, msg->msg_namelen, socket, &source,
			fd_flags_may_be_followed(flags), now_s);
	if (log_wants(LOG_LEVEL_DEBUG) && is_learnt)
		rx_log(fd, msg, &source);
	return true;
}

/* What rx_receive_from does after recvmsg has failed for msg: calls the program's own recvfrom if a
 * seccomp filter was the cause or fd is no longer a socket, else returns -1. */
COLD ssize_t rx_receive_plainly(int fd, const struct msghdr *msg, int call_flags,
	struct sockaddr *addr, socklen_t *addr_len);

/* recvfrom on a watched socket, done by recvmsg. The program sees no control data, so all PKTINFO
 * messages are for the library alone. *ret_has_pktinfo says whether there was one. */
HOT_INLINE ssize_t rx_receive_from(int fd, uint32_t flags, uint32_t socket, void *buf, size_t n,
	int call_flags, struct sockaddr *addr, socklen_t *addr_len, bool *ret_has_pktinfo)
{
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char control[RX_CONTROL_EXTRA];
	socklen_t name_size = LIKELY(addr != NULL) ? *addr_len : sizeof(name);
	struct iovec iov;
	struct msghdr msg;
	ssize_t len;

	impl_fill(&msg, &iov, buf, n, LIKELY(addr != NULL) ? (void *)addr : &name, name_size,
		control, sizeof(control));
	len = impl_recvmsg(fd, &msg, call_flags);
	*ret_has_pktinfo = false;
	if (UNLIKELY(len < 0))
		return rx_receive_plainly(fd, &msg, call_flags, addr, addr_len);
	*ret_has_pktinfo = rx_learn(fd, flags & ~(uint32_t)FD_APP_PKTINFO, socket, &msg, name_size,
		call_flags, NULL, impl_now_s());
	if (LIKELY(addr != NULL))
		*addr_len = msg.msg_namelen;
	return len;
}

/* Even a call that fails may return the length of an address that the kernel could not write. */
static inline void rx_return_namelen(const struct msghdr *msg, struct msghdr *app_msg)
{
	if (app_msg->msg_name != NULL && app_msg->msg_namelen != msg->msg_namelen)
		app_msg->msg_namelen = msg->msg_namelen;
}

/* Delivers what the kernel has received: learns from it, and fills app_msg (name, lengths, control
 * data and flags; the data itself is already there). */
HOT_INLINE void rx_deliver(const struct rx *rx, int fd, uint32_t flags, uint32_t socket,
	struct msghdr *app_msg, int call_flags, uint32_t now_s)
{
	const struct msghdr *msg = rx->msg;
	struct control_sink sink = {
		.at = app_msg->msg_control,
		.left = app_msg->msg_control != NULL ? app_msg->msg_controllen : 0,
	};
	size_t left = sink.left;
	socklen_t name_size = app_msg->msg_name != NULL ? app_msg->msg_namelen : sizeof(*rx->name);

	rx_learn(fd, flags, socket, msg, name_size, call_flags, &sink, now_s);
	/* The length of the whole address, even if it was cut, as recvmsg(2) returns it. */
	if (app_msg->msg_name != NULL)
		app_msg->msg_namelen = msg->msg_namelen;
	app_msg->msg_controllen = left - sink.left;
	app_msg->msg_flags = msg->msg_flags;
	if (sink.is_truncated)
		app_msg->msg_flags |= MSG_CTRUNC;
}

/* Whether a message that was received by the program's own call has control data, or lacks space
 * for it. */
HOT_INLINE bool rx_needs_check(const struct msghdr *msg)
{
	return msg->msg_controllen != 0 || msg->msg_flags & MSG_CTRUNC;
}

/*
 * Checks msg, which was received with control data by the program's own call. Descriptors that came
 * with it over an AF_UNIX socket are new: forgets the flags of their numbers. Removes PKTINFO
 * messages that the program does not expect, and what their want of space has left.
 */
COLD void rx_check(int fd, struct msghdr *msg);

#endif
