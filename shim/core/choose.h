/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of our addresses a datagram to a peer leaves from: all that is known of a peer goes in by
 * choose_learn and comes out by choose_source. Two memories stand behind it, the thread's last
 * datagram (recent.h), which nearly always knows, and the shared table (peers.h).
 */
#ifndef CORE_CHOOSE_H
#define CORE_CHOOSE_H

#include "core/attributes.h"
#include "core/recent.h"

/* What the two memories need besides: the table, or NULL if there is none, the seconds that a peer
 * is remembered, and whether what one socket has learnt holds for the others of the process too. */
struct knowledge {
	struct peers *_Atomic peers;
	_Atomic uint32_t expiry_s;
	_Atomic bool follow;
};

/*
 * peer is the datagram's far end, as the kernel gave it or the program wrote it; our_port is our
 * socket's, in network byte order.
 */

/* What choose_learn does with something new. */
void choose_learn_news(struct knowledge *known, const struct sockaddr *peer, socklen_t len,
	in_port_t our_port, const struct source *source, uint32_t now_s);
/* A datagram from peer came in at source. One that came in at ::, at no address of ours but a
 * group's, makes whatever was known of peer count no more. */
ON_THE_WAY void choose_learn(struct knowledge *known, const struct sockaddr *peer, socklen_t len,
	in_port_t our_port, const struct source *source, uint32_t now_s)
{
	if (LIKELY(recent_is_same(peer, len, our_port, source, now_s)))
		recent_count_received();
	else
		choose_learn_news(known, peer, len, our_port, source, now_s);
}

/* What was just learnt was only peeked at: it will be received, and learnt, again. */
OFF_THE_WAY void choose_learn_peeked(void);

/* How a source is known. */
enum choice {
	CHOICE_NONE,
	CHOICE_RECENT,	  /* by the thread's last datagram */
	CHOICE_TABLE,	  /* by the table */
	CHOICE_ELSEWHERE, /* by what the peer asked at another socket */
};

/* Whether this thread's last datagram says what an answer to its peer leaves from. Where it has
 * been answered, and the table has something else by now, another thread or process may have
 * received a later one of that peer's, which this answers. */
ON_THE_WAY bool choose_may_trust_recent(void)
{
	return LIKELY(recent.unanswered > 0) || peers_still_holds(&recent.place);
}

/* What choose_source does if this thread's last datagram does not help. The socket's own knowledge
 * comes first, then, if they are followed, that of others. */
enum choice choose_source_otherwise(struct knowledge *known, const struct sockaddr *peer,
	socklen_t len, in_port_t our_port, uint32_t now_s, struct source *ret);
/* The source for a datagram to peer. CHOICE_NONE, and *ret untouched: leave it to the kernel. */
ON_THE_WAY enum choice choose_source(struct knowledge *known, const struct sockaddr *peer,
	socklen_t len, in_port_t our_port, uint32_t now_s, struct source *ret)
{
	uint32_t expiry_s = atomic_load_explicit(&known->expiry_s, memory_order_relaxed);

	if (UNLIKELY(!recent_find(peer, len, our_port, now_s, expiry_s, ret) ||
		     !choose_may_trust_recent()))
		return choose_source_otherwise(known, peer, len, our_port, now_s, ret);
	recent_count_answered();
	return CHOICE_RECENT;
}

/* This process is a fork's child: what its parent's thread has received and not answered is the
 * parent's to count. The table, which both share, says the rest. */
void choose_begin_child(void);

/* The kernel has refused what choose_source said: by what the socket itself was asked, or else by
 * what other sockets were. That is forgotten. */
void choose_forget(
	struct knowledge *known, const struct sockaddr *peer, socklen_t len, in_port_t our_port);

#endif
