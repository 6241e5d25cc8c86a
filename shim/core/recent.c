/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One datagram's asker and source a thread. Only the thread itself and its signal handlers touch
 * them, so no atomics are needed, but a handler may come in between any two stores. Hence a
 * generation: odd while a writer is at work, and changed by every writer. A writer that finds
 * another generation than its own at the end was interrupted by one that wrote too: what stands
 * there is then a mixture, and the memory is left empty.
 */
#include "core/recent.h"

#include <stdatomic.h>

/* This thread's last datagram; written by the thread that owns it. Generation 0: none yet. */
static _Thread_local struct {
	volatile unsigned int generation;
	struct asker asker;
	struct source source;
	uint32_t stamp_s;
} recent;

/* A generation that nobody has used, odd. */
static unsigned int next_generation(void)
{
	return (recent.generation | 1) + 2;
}

void recent_learn(const struct asker *asker, const struct source *source, uint32_t now_s)
{
	unsigned int mine = next_generation();

	recent.generation = mine;
	atomic_signal_fence(memory_order_seq_cst);
	recent.asker = *asker;
	recent.source = *source;
	recent.stamp_s = now_s;
	atomic_signal_fence(memory_order_seq_cst);
	if (recent.generation == mine)
		recent.generation = mine + 1;
	else
		recent.generation = next_generation();
}

static bool is_askers(const struct asker *asker)
{
	return address_is_equal(&recent.asker.peer.addr, &asker->peer.addr) &&
	       recent.asker.peer.port == asker->peer.port &&
	       recent.asker.peer.scope == asker->peer.scope && recent.asker.port == asker->port;
}

bool recent_find(
	const struct asker *asker, uint32_t now_s, uint32_t expiry_s, struct source *ret)
{
	unsigned int seen = recent.generation;
	struct source source;

	if (seen == 0 || seen % 2 != 0)
		return false;
	atomic_signal_fence(memory_order_seq_cst);
	if (!is_askers(asker) || now_s - recent.stamp_s > expiry_s)
		return false;
	source = recent.source;
	atomic_signal_fence(memory_order_seq_cst);
	if (recent.generation != seen)
		return false;
	*ret = source;
	return true;
}

void recent_forget(const struct asker *asker)
{
	if (is_askers(asker))
		recent.generation = next_generation();
}
