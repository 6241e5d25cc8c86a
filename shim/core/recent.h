/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each thread's memory of the last datagram that it received. It answers the common
 * receive-then-reply without a look at the table, and rightly even while a flood of spoofed peers
 * pushes everybody out of the table. It is on every datagram's way, so it keeps the peer's address
 * as the kernel gave it and compares that.
 *
 * Only the thread itself and its signal handlers touch its memory, so no atomics are needed, but a
 * handler may come in between any two stores. Hence the generation: odd while a writer is at work,
 * and changed by every writer. A writer that finds another generation than
 * its own at the end was interrupted by one that wrote too: what stands there is then a mixture,
 * and the memory is left empty. So everything here is safe in signal handlers.
 */
#ifndef CORE_RECENT_H
#define CORE_RECENT_H

#include "core/attributes.h"
#include "core/peers.h"

#include <stdatomic.h>

struct recent {
	volatile unsigned int generation;
	uint32_t stamp_s;
	in_port_t our_port;	  /* of the socket that received it */
	struct sockaddr_in6 peer; /* or a sockaddr_in */
	struct source source;
	struct peers_place place; /* where the table holds the same */
	/* How many more of them were received than answered here; not yet counted in the table. A
	 * handler that comes in between makes it a little wrong, as peers.h allows. */
	int32_t unanswered;
};

/* The generation to start with: odd, so that there is nothing yet. */
enum { RECENT_EMPTY = 1 };

/* This thread's. Taken by its address, so that the compiler works that out once. */
extern HIDDEN _Thread_local struct recent recent;

/* A generation that nobody has used, odd. */
static inline unsigned int recent_next_generation(const struct recent *last)
{
	return (last->generation | 1) + 2;
}

/* Whether last came from this address to a socket of ours at this port. */
ON_THE_WAY bool recent_is_from(
	const struct recent *last, const struct sockaddr *peer, socklen_t len, in_port_t our_port)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)peer;

	if (last->our_port != our_port)
		return false;
	/* Family, port and address are the first eight bytes of a sockaddr_in; the rest is padding.
	 */
	if (LIKELY(last->peer.sin6_family == AF_INET))
		return len >= sizeof(struct sockaddr_in) && memcmp(peer, &last->peer, 8) == 0;
	/* The flow label of a request says nothing of the reply's. */
	return len >= sizeof(*sin6) && memcmp(sin6, &last->peer, 4) == 0 &&
	       memcmp(&sin6->sin6_addr, &last->peer.sin6_addr, sizeof(sin6->sin6_addr)) == 0 &&
	       sin6->sin6_scope_id == last->peer.sin6_scope_id;
}

/* Whether the last datagram came from peer too, said the same in the same second, and the table
 * still holds it: then there is nothing new. */
ON_THE_WAY bool recent_is_same(const struct sockaddr *peer, socklen_t len, in_port_t our_port,
	const struct source *source, uint32_t now_s)
{
	const struct recent *last = &recent;
	unsigned int seen = last->generation;
	bool is_same;

	atomic_signal_fence(memory_order_seq_cst);
	is_same = last->stamp_s == now_s && memcmp(&last->source, source, sizeof(*source)) == 0 &&
		  recent_is_from(last, peer, len, our_port) && peers_still_holds(&last->place);
	atomic_signal_fence(memory_order_seq_cst);
	return is_same && seen % 2 == 0 && last->generation == seen;
}

/* Remembers a datagram from peer, an AF_INET or AF_INET6 address, in place of the one before. */
static inline void recent_learn(const struct sockaddr *peer, socklen_t len, in_port_t our_port,
	const struct source *source, const struct peers_place *place, uint32_t now_s)
{
	struct recent *last = &recent;
	unsigned int mine = recent_next_generation(last);

	last->generation = mine;
	atomic_signal_fence(memory_order_seq_cst);
	/* Of a sockaddr_in just what recent_is_from compares. */
	if (LIKELY(len < sizeof(last->peer)))
		memcpy(&last->peer, peer, 8);
	else
		memcpy(&last->peer, peer, sizeof(last->peer));
	last->our_port = our_port;
	last->source = *source;
	last->place = *place;
	last->stamp_s = now_s;
	last->unanswered = 1;
	atomic_signal_fence(memory_order_seq_cst);
	last->generation = last->generation == mine ? mine + 1 : recent_next_generation(last);
}

/* False, and *ret untouched, unless the last datagram came from peer, at most expiry_s seconds
 * ago. */
ON_THE_WAY bool recent_find(const struct sockaddr *peer, socklen_t len, in_port_t our_port,
	uint32_t now_s, uint32_t expiry_s, struct source *ret)
{
	const struct recent *last = &recent;
	unsigned int seen = last->generation;
	struct source source;

	atomic_signal_fence(memory_order_seq_cst);
	if (seen % 2 != 0 || now_s - last->stamp_s > expiry_s ||
		!recent_is_from(last, peer, len, our_port))
		return false;
	source = last->source;
	atomic_signal_fence(memory_order_seq_cst);
	if (UNLIKELY(last->generation != seen))
		return false;
	*ret = source;
	return true;
}

/* The datagram of a recent_is_same or recent_find that was true has been received, or answered. */
ON_THE_WAY void recent_count_received(void)
{
	recent.unanswered++;
}

ON_THE_WAY void recent_count_answered(void)
{
	recent.unanswered--;
}

/* Before the memory is given to another: has the table know what is unanswered. */
static inline void recent_settle(void)
{
	struct recent *last = &recent;
	int32_t unanswered = last->unanswered;

	last->unanswered = 0;
	if (unanswered != 0)
		peers_count(&last->place, unanswered);
}

/* Forgets all, as in a thread that has received nothing. */
static inline void recent_clear(void)
{
	recent.unanswered = 0;
	recent.generation = recent_next_generation(&recent);
}

/* False if there is none, or another's. */
static inline bool recent_forget(const struct sockaddr *peer, socklen_t len, in_port_t our_port)
{
	struct recent *last = &recent;
	bool is_there = last->generation % 2 == 0;

	if (!recent_is_from(last, peer, len, our_port))
		return false;
	last->generation = recent_next_generation(last);
	return is_there;
}

#endif
