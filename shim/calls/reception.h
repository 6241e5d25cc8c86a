/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One datagram on its way from the kernel to the program, on a watched socket: it is received into
 * a message header of ours, which has room for our reports, and handed over to the program's as
 * the kernel would have filled that.
 */
#ifndef CALLS_RECEPTION_H
#define CALLS_RECEPTION_H

#include "core/attributes.h"
#include "core/choose.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/memory.h"
#include "sys/pktinfo.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * The largest control buffer of a program's for which we receive into one of our own. A larger one
 * is received into directly: a UDP socket's messages fill that much only if the program has asked
 * for whole IPv6 extension headers.
 */
enum { RECEPTION_CONTROL_MAX = 1024 };

/*
 * Room behind the program's for messages that come before our reports (timestamps, drop counts, GRO
 * sizes) where the program gave no control buffer for them: they must not push our reports out.
 */
enum { RECEPTION_CONTROL_EXTRA = PKTINFO_RECV_SPACE + 184 };

/* A header of ours for the kernel, with what it points to. */
struct reception {
	struct msghdr *msg;
	struct sockaddr_in6 *name; /* for where the program wants no name: we do */
	unsigned char *control;	   /* reception_control_size(theirs) bytes, aligned as a cmsghdr */
};

/* How much control data of our own it takes to receive for theirs; 0 if it is received into the
 * program's buffer. */
static inline size_t reception_control_size(const struct msghdr *theirs)
{
	if (theirs->msg_control == NULL)
		return RECEPTION_CONTROL_EXTRA;
	if (theirs->msg_controllen > RECEPTION_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(theirs->msg_controllen) + RECEPTION_CONTROL_EXTRA;
}

/* Fills rx->msg for the kernel. What is wrong with theirs is wrong with it too. */
ON_THE_WAY void reception_prepare(const struct reception *rx, const struct msghdr *theirs)
{
	size_t control_size = reception_control_size(theirs);

	*rx->msg = *theirs;
	if (theirs->msg_name == NULL) {
		rx->msg->msg_name = rx->name;
		rx->msg->msg_namelen = sizeof(*rx->name);
	}
	if (control_size != 0) {
		rx->msg->msg_control = rx->control;
		rx->msg->msg_controllen = control_size;
	}
}

/* The line of the log that says what was learnt. */
OFF_THE_WAY void reception_log(
	int fd, uint32_t facts, const struct msghdr *msg, const struct source *source);

/*
 * Learns from msg, as the kernel has filled it: who asked, and at which of our addresses. An
 * address that was cut to the name_room bytes there were for it teaches nothing. Control messages
 * that are the program's go into sink. flags are those of the call.
 */
ON_THE_WAY void reception_learn(int fd, uint32_t facts, const struct msghdr *msg,
	socklen_t name_room, int flags, struct control_sink *sink)
{
	struct source source;

	if (!pktinfo_take(msg, sockets_own_families(facts), sink, &source) ||
		flags & MSG_ERRQUEUE || msg->msg_namelen > name_room)
		return;
	choose_learn(&memory_knowledge, msg->msg_name, msg->msg_namelen, facts_port(facts), &source,
		clock_now_s());
	if (UNLIKELY(flags & MSG_PEEK))
		choose_learn_peeked();
	if (log_wants(LOG_LEVEL_DEBUG))
		reception_log(fd, facts, msg, &source);
}

/* What the kernel may tell even where it fails: the length of an address that it could not write.
 */
static inline void reception_tell_name(const struct msghdr *msg, struct msghdr *theirs)
{
	if (theirs->msg_name != NULL && theirs->msg_namelen != msg->msg_namelen)
		theirs->msg_namelen = msg->msg_namelen;
}

/*
 * Hands over what the kernel has received: learns from it, and fills in theirs (name, lengths,
 * control data and flags; the data itself is there already).
 */
ON_THE_WAY void reception_deliver(
	const struct reception *rx, int fd, uint32_t facts, struct msghdr *theirs, int flags)
{
	const struct msghdr *msg = rx->msg;
	struct control_sink sink = {
		.at = theirs->msg_control,
		.room = theirs->msg_control != NULL ? theirs->msg_controllen : 0,
	};
	size_t room = sink.room;
	socklen_t name_room = theirs->msg_name != NULL ? theirs->msg_namelen : sizeof(*rx->name);

	reception_learn(fd, facts, msg, name_room, flags, &sink);
	/* The length that the whole address has, even where it was cut: as recvmsg(2) does. */
	if (theirs->msg_name != NULL)
		theirs->msg_namelen = msg->msg_namelen;
	theirs->msg_controllen = room - sink.room;
	theirs->msg_flags = msg->msg_flags;
	if (sink.is_truncated)
		theirs->msg_flags |= MSG_CTRUNC;
}

/* Forgets what stands of the numbers of descriptors that came with message over an AF_UNIX socket:
 * they are new ones. */
void reception_forget_descriptors(const struct msghdr *message);

#endif
