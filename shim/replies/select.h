/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of our addresses a datagram to a peer leaves from. The rule is that a peer is answered from
 * where it asked last. A thread's own last datagram (last_peer.h) goes before what other threads
 * and processes have told the table (peers.h) since, until this thread has answered it. Most
 * datagrams need the former alone, which rx.h and tx.h ask first; what is not answered yet needs no
 * clock, for it does not expire. The others come here.
 */
#ifndef REPLIES_SELECT_H
#define REPLIES_SELECT_H

#include "attributes.h"
#include "replies/last_peer.h"

/* A datagram that the program sends: its far end, and our socket. */
struct lookup {
	const struct sockaddr *peer;
	socklen_t len;
	uint32_t *now_s;       /* the call's time, 0 while nobody has asked for it */
	uint32_t socket;       /* its identity */
	bool follows;	       /* what other sockets have learnt may hold here */
	bool names_interfaces; /* replies leave by the interface that the request came in by */
};

/* Routing chooses the interface, but for link-local addresses, which are nothing without one. */
HOT_INLINE void select_limit_interface(struct source *source, bool names_interfaces)
{
	if (!names_interfaces && !address_is_link_local(&source->addr))
		source->ifindex = 0;
}

/*
 * A datagram from peer came in at source, on the socket with this identity, and it is not what this
 * thread's last one said (last_peer_repeat). One that came in at ::, at no address of ours but a
 * group's, makes whatever was known of the peer count no more. What teaches holds for other
 * sockets, too, for a while.
 */
NOINLINE void select_learn(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	const struct source *source, bool may_be_followed, uint32_t now_s);

/* How a source is known. */
enum choice {
	CHOICE_NONE,
	CHOICE_LAST,	  /* by the thread's last datagram */
	CHOICE_TABLE,	  /* by the table */
	CHOICE_ELSEWHERE, /* by what the peer asked at another socket */
};

/* The source for a datagram to the peer, where this thread's last one does not say
 * (last_peer_answer). CHOICE_NONE, and *ret untouched: leave it to the kernel. */
NOINLINE enum choice select_source(const struct lookup *lookup, struct source *ret);

/* Whether anything may be known of the peer, for whatever socket. A hint that costs no question. */
bool select_knows_peer(const struct sockaddr *peer, socklen_t len);

/* The kernel has refused what select_source said: it is forgotten. */
void select_forget(const struct lookup *lookup);

#endif
