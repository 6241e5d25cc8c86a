/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a thread received last, in terms of the samples of unit.h, for the tests of last_peer.h. */
#ifndef RECEIVED_H
#define RECEIVED_H

#include "replies/last_peer.h"

#include "unit.h"

enum { NOW_S = 1000 };

/* The entry of a table: it has changed if the count has. */
static _Atomic uint32_t table_seq;

static inline void learn_from(const struct sample_peer *peer, const struct source *source)
{
	const struct peers_place place = {&table_seq, table_seq};

	last_peer_learn(&peer->addr.sa, peer->len, peer->socket, source, &place, NOW_S);
}

static inline bool find_from(const struct sample_peer *peer, struct source *ret)
{
	struct last_peer_state last;

	if (!last_peer_find(&peer->addr.sa, peer->len, peer->socket, &last))
		return false;
	*ret = last.source;
	return true;
}

static inline bool answer_to(const struct sample_peer *peer, struct source *ret)
{
	return last_peer_answer(&peer->addr.sa, peer->len, peer->socket, ret);
}

static inline void learn(uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	learn_from(&peer, &source);
}

static inline bool find(uint32_t n, struct source *ret)
{
	struct sample_peer peer = sample_peer(n);

	return find_from(&peer, ret);
}

static inline bool answer(uint32_t n, struct source *ret)
{
	struct sample_peer peer = sample_peer(n);

	return answer_to(&peer, ret);
}

static inline bool is_known(uint32_t n)
{
	struct source ignored;

	return find(n, &ignored);
}

static inline struct last_peer_state state_of(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	struct last_peer_state last;

	assert_true(last_peer_find(&peer.addr.sa, peer.len, peer.socket, &last));
	return last;
}

static inline void forget(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);

	last_peer_forget(&peer.addr.sa, peer.len, peer.socket);
}

static inline bool repeat(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	return last_peer_repeat(&peer.addr.sa, peer.len, peer.socket, &source, now_s);
}

static inline void assert_found(uint32_t n, uint32_t k)
{
	struct source found, expected = sample_source(n, k);

	assert_true(find(n, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
}

static inline int empty(void **state)
{
	(void)state;
	last_peer = (struct last_peer){.generation = LAST_PEER_EMPTY, .place = PEERS_NOWHERE};
	return 0;
}

#endif
