/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last-peer cache: each thread's own last datagram. It answers the common receive-then-reply
 * without a lookup in the table, and correctly even while a flood of spoofed peers evicts
 * everything from the table. Every datagram passes through here, so the cache keeps the peer's
 * address as the kernel wrote it, and compares that.
 *
 * Only the thread and its signal handlers touch the cache. It needs no atomics, but a handler may
 * run between any two stores. The generation guards against that: every writer changes it, and it
 * is odd during a write. A writer that finds another generation than its own at the end was
 * interrupted by another writer: the cache then holds a mixture, and is left empty. The second bit
 * of the generation says that the datagram is not answered yet. If a handler runs just before that
 * bit is cleared, the handler's datagram counts as answered too soon, and its source comes from the
 * table. So everything here is safe in signal handlers.
 */
#ifndef REPLIES_LAST_PEER_H
#define REPLIES_LAST_PEER_H

#include "attributes.h"
#include "replies/peers.h"
#include "runtime/status.h"

#include <stdatomic.h>

struct last_peer {
	volatile unsigned int generation;
	uint32_t stamp_s;
	uint32_t socket;	  /* id of the socket that received it */
	struct sockaddr_in6 peer; /* or a sockaddr_in */
	struct source source;
	struct peers_place place;     /* of the same record in the table */
	struct status_stripe *counts; /* NULL until the thread has learnt or looked up a peer */
};

/* The lowest bits of the generation, and its first value: empty. */
enum { LAST_PEER_WRITING = 1, LAST_PEER_UNANSWERED = 2, LAST_PEER_STATE = 3 };
enum { LAST_PEER_EMPTY = LAST_PEER_WRITING };

/* This thread's cache. Functions take its address first, to have it computed only once. */
extern HIDDEN _Thread_local struct last_peer last_peer;

/* The thread's counts. Functions that find the cache in use know that it has them. */
static inline struct status_stripe *last_peer_counts(struct last_peer *last)
{
	if (UNLIKELY(last->counts == NULL))
		last->counts = status_take_stripe();
	return last->counts;
}

/* The next generation that no writer has used, marked as being written. */
static inline unsigned int last_peer_next_generation(const struct last_peer *last)
{
	return (last->generation | LAST_PEER_STATE) + 1 + LAST_PEER_WRITING;
}

/* Whether the table still holds what was stored at place. */
HOT_INLINE bool peers_still_holds(const struct peers_place *place)
{
	return atomic_load_explicit(place->seq, memory_order_relaxed) == place->seen;
}

/* Whether last came from this address to this socket. */
HOT_INLINE bool last_peer_is_from(
	const struct last_peer *last, const struct sockaddr *peer, socklen_t len, uint32_t socket)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)peer;

	if (last->socket != socket)
		return false;
	/* A sockaddr_in begins with family, port and address: eight bytes. */
	if (LIKELY(last->peer.sin6_family == AF_INET))
		return len >= sizeof(struct sockaddr_in) && memcmp(peer, &last->peer, 8) == 0;
	/* The flow label is not compared: a reply may have another one. */
	return len >= sizeof(*sin6) && memcmp(sin6, &last->peer, 4) == 0 &&
	       memcmp(&sin6->sin6_addr, &last->peer.sin6_addr, sizeof(sin6->sin6_addr)) == 0 &&
	       sin6->sin6_scope_id == last->peer.sin6_scope_id;
}

/* Sets the unanswered bit, if it is not set. */
HOT_INLINE void last_peer_note_unanswered(struct last_peer *last, unsigned int seen)
{
	last->generation = (seen | LAST_PEER_STATE) - 1;
}

/* Whether the last datagram had the same peer, socket and source, arrived in the same second, and
 * is still in the table. If so, there is nothing to learn, and it is marked as not answered yet. */
HOT_INLINE bool last_peer_repeat(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	const struct source *source, uint32_t now_s)
{
	struct last_peer *last = &last_peer;
	unsigned int seen = last->generation;
	bool is_same;

	atomic_signal_fence(memory_order_seq_cst);
	is_same = last->stamp_s == now_s && memcmp(&last->source, source, sizeof(*source)) == 0 &&
		  last_peer_is_from(last, peer, len, socket) && peers_still_holds(&last->place);
	atomic_signal_fence(memory_order_seq_cst);
	if (!is_same || seen & LAST_PEER_WRITING || last->generation != seen)
		return false;
	last_peer_note_unanswered(last, seen);
	last->counts->learnt++;
	return true;
}

/* The same for a datagram that came by IPv4: the source names no interface. It is IPv4 if the peer
 * is the same, so one word of it is compared. */
HOT_INLINE bool last_peer_repeat_v4(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	struct in_addr source, uint32_t now_s)
{
	struct last_peer *last = &last_peer;
	unsigned int seen = last->generation;
	bool is_same;

	atomic_signal_fence(memory_order_seq_cst);
	is_same = last->stamp_s == now_s && last->source.addr.word[3] == source.s_addr &&
		  last->source.ifindex == 0 && last_peer_is_from(last, peer, len, socket) &&
		  peers_still_holds(&last->place);
	atomic_signal_fence(memory_order_seq_cst);
	if (!is_same || seen & LAST_PEER_WRITING || last->generation != seen)
		return false;
	last_peer_note_unanswered(last, seen);
	last->counts->learnt++;
	return true;
}

/* Stores a datagram from peer, an AF_INET or AF_INET6 address, in place of the last one. */
static inline void last_peer_learn(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	const struct source *source, const struct peers_place *place, uint32_t now_s)
{
	struct last_peer *last = &last_peer;
	unsigned int mine = last_peer_next_generation(last);

	last->generation = mine;
	atomic_signal_fence(memory_order_seq_cst);
	/* Of a sockaddr_in, copy just what last_peer_is_from compares. */
	if (LIKELY(len < sizeof(last->peer)))
		memcpy(&last->peer, peer, 8);
	else
		memcpy(&last->peer, peer, sizeof(last->peer));
	last->socket = socket;
	last->source = *source;
	last->place = *place;
	last->stamp_s = now_s;
	/* Before the cache counts as filled, for a handler that finds it so counts, too. */
	last_peer_counts(last)->learnt++;
	atomic_signal_fence(memory_order_seq_cst);
	last->generation = last->generation == mine
				   ? mine - LAST_PEER_WRITING + LAST_PEER_UNANSWERED
				   : last_peer_next_generation(last);
}

/* Returns the source in *ret if the last datagram came from peer to this socket, is not answered
 * yet, and the table still holds the same; marks it as answered. False, and *ret untouched,
 * otherwise. */
HOT_INLINE bool last_peer_answer(
	const struct sockaddr *peer, socklen_t len, uint32_t socket, struct source *ret)
{
	struct last_peer *last = &last_peer;
	unsigned int seen = last->generation;
	struct source source;

	atomic_signal_fence(memory_order_seq_cst);
	if ((seen & LAST_PEER_STATE) != LAST_PEER_UNANSWERED ||
		!last_peer_is_from(last, peer, len, socket) || !peers_still_holds(&last->place))
		return false;
	source = last->source;
	atomic_signal_fence(memory_order_seq_cst);
	if (UNLIKELY(last->generation != seen))
		return false;
	last->generation = seen + LAST_PEER_UNANSWERED;
	last->counts->sent[CHOICE_LAST]++;
	*ret = source;
	return true;
}

/* What is known about the last datagram. */
struct last_peer_state {
	bool is_answered; /* by this thread, since it arrived */
	bool still_holds; /* the table still holds the same record */
	uint32_t stamp_s;
	struct source source;
};

/* False, and *ret untouched, unless the last datagram came from peer to this socket. */
static inline bool last_peer_find(
	const struct sockaddr *peer, socklen_t len, uint32_t socket, struct last_peer_state *ret)
{
	const struct last_peer *last = &last_peer;
	unsigned int seen = last->generation;
	struct last_peer_state state;

	atomic_signal_fence(memory_order_seq_cst);
	if (seen & LAST_PEER_WRITING || !last_peer_is_from(last, peer, len, socket))
		return false;
	state = (struct last_peer_state){
		.is_answered = !(seen & LAST_PEER_UNANSWERED),
		.still_holds = peers_still_holds(&last->place),
		.stamp_s = last->stamp_s,
		.source = last->source,
	};
	atomic_signal_fence(memory_order_seq_cst);
	if (last->generation != seen)
		return false;
	*ret = state;
	return true;
}

/* Marks as answered what last_peer_find has found. */
static inline void last_peer_note_answered(void)
{
	unsigned int seen = last_peer.generation;

	if ((seen & LAST_PEER_STATE) == LAST_PEER_UNANSWERED)
		last_peer.generation = seen + LAST_PEER_UNANSWERED;
}

/* Empties the cache if the last datagram came from peer to this socket. */
static inline void last_peer_forget(const struct sockaddr *peer, socklen_t len, uint32_t socket)
{
	struct last_peer *last = &last_peer;

	if (last_peer_is_from(last, peer, len, socket))
		last->generation = last_peer_next_generation(last);
}

#endif
