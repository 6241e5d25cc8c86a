/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a thread receives from the peers of unit.h and the sources of its answers, through the
 * last-peer cache and the table as in rx.h and tx.h.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "replies/select.h"
#include "replies/table.h"

#include "table.h"

enum { START_S = 1000 };

static uint32_t now_s;

/* Empties the cache and makes an empty table; without entries there is no table. */
static inline void begin(uint32_t entries)
{
	last_peer = (struct last_peer){.generation = LAST_PEER_EMPTY, .place = PEERS_NOWHERE};
	if (entries > 0)
		make_table(entries);
	atomic_store(&table_peers, entries > 0 ? &table : NULL);
	now_s = START_S;
}

static inline int begin_with_a_table(void **state)
{
	(void)state;
	begin(64);
	return 0;
}

/* This thread receives from peer at source. */
static inline void receive_from(const struct sample_peer *peer, const struct source *source)
{
	if (!last_peer_repeat(&peer->addr.sa, peer->len, peer->socket, source, now_s))
		select_learn(&peer->addr.sa, peer->len, peer->socket, source, true, now_s);
}

/* Sets *ret to the source of this thread's answer, all zeroes if that is not known. */
static inline enum choice answer_to(
	const struct sample_peer *peer, bool follows, struct source *ret)
{
	uint32_t call_s = now_s;
	const struct lookup lookup = {
		.peer = &peer->addr.sa,
		.len = peer->len,
		.now_s = &call_s,
		.socket = peer->socket,
		.follows = follows,
		.names_interfaces = true,
	};

	memset(ret, 0, sizeof(*ret));
	if (last_peer_answer(lookup.peer, lookup.len, lookup.socket, ret))
		return CHOICE_LAST;
	return select_source(&lookup, ret);
}

/* The n-th peer asks this thread at its k-th source. */
static inline void receive(uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	receive_from(&peer, &source);
}

/* The same peer asks another thread or process. */
static inline void receive_elsewhere(uint32_t n, uint32_t k)
{
	learn(&table, n, k, now_s);
}

static inline void assert_answer(uint32_t n, uint32_t k, enum choice by)
{
	struct sample_peer peer = sample_peer(n);
	struct source chosen, expected = sample_source(n, k);

	assert_int_equal(answer_to(&peer, false, &chosen), by);
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static inline void assert_no_answer(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	static const struct source none;
	struct source chosen;

	assert_int_equal(answer_to(&peer, false, &chosen), CHOICE_NONE);
	assert_memory_equal(&chosen, &none, sizeof(chosen));
}

/* The kernel has refused the source of an answer to it. */
static inline void fail_parse(const struct sample_peer *peer, bool follows)
{
	const struct lookup lookup = {
		.peer = &peer->addr.sa,
		.len = peer->len,
		.socket = peer->socket,
		.follows = follows,
	};

	select_forget(&lookup);
}

#endif
