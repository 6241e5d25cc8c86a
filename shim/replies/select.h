/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Selects the source address of a datagram to a peer. The rule: a peer is answered from the
 * destination of its last request. A thread's own last datagram (last_peer.h) takes precedence over
 * what other threads and processes have stored in the table (peers.h) since, until this thread has
 * answered it. Most datagrams need only the former, which rx.h and tx.h try first, without reading
 * a clock, because an unanswered datagram does not expire. The others come here.
 */
#ifndef REPLIES_SELECT_H
#define REPLIES_SELECT_H

#include "attributes.h"
#include "replies/last_peer.h"

/* A datagram that the program sends: its peer, and the socket. */
struct lookup {
	const struct sockaddr *peer;
	socklen_t len;
	uint32_t *now_s;       /* the call's time in seconds, 0 until it is read */
	uint32_t socket;       /* its id */
	bool follows;	       /* use what other sockets have learnt */
	bool names_interfaces; /* replies leave by the interface the request came in by */
};

/* Routing chooses the interface, except for link-local addresses, which need one. */
HOT_INLINE void select_limit_interface(struct source *source, bool names_interfaces)
{
	if (!names_interfaces && !address_is_link_local(&source->addr))
		source->ifindex = 0;
}

/*
 * A datagram from peer arrived at source, on the socket with this id, and differs from this
 * thread's last one (last_peer_repeat). If source is ::, it was sent to a group, and what was known
 * about the peer is forgotten. If may_be_followed, other sockets may use it too, for PEERS_FOLLOW_S
 * seconds.
 */
NOINLINE void select_learn(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	const struct source *source, bool may_be_followed, uint32_t now_s);

/* The source for a datagram to the peer, if last_peer_answer gave none. CHOICE_NONE, and *ret
 * untouched, means: leave it to the kernel. */
NOINLINE enum choice select_source(const struct lookup *lookup, struct source *ret);

/* Whether anything may be known about the peer, for any socket. A hint, without a system call. */
bool select_knows_peer(const struct sockaddr *peer, socklen_t len);

/* Forgets the source that select_source returned, because the kernel has refused it. */
void select_forget(const struct lookup *lookup);

#endif
