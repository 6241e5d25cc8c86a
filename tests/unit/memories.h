/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both memories of peers, empty before each test; for the tests of choose.h. */
#ifndef MEMORIES_H
#define MEMORIES_H

#include "core/choose.h"

#include "unit.h"

enum { EXPIRY_S = 300, CAPACITY = 64, START_S = 1000 };

/* Set anew before each test. */
static _Alignas(64) unsigned char memory[8192];
static struct knowledge known;
static struct knowledge without_table __attribute__((unused));
static uint32_t now_s;

static inline int start_anew(void **state)
{
	struct dice dice = {1};
	struct hash_key key = dice_key(&dice);

	(void)state;
	assert_true(peers_size(CAPACITY) <= sizeof(memory));
	memset(memory, 0, sizeof(memory));
	recent = (struct recent){.generation = RECENT_EMPTY};
	known.peers = peers_format(memory, CAPACITY, EXPIRY_S, &key);
	known.expiry_s = without_table.expiry_s = EXPIRY_S;
	now_s = START_S;
	return 0;
}

static inline void learn_from(
	struct knowledge *in, const struct sample_peer *peer, const struct source *source)
{
	choose_learn(in, &peer->addr.sa, peer->len, peer->our_port, source, now_s);
}

static inline bool choose_for(
	struct knowledge *in, const struct sample_peer *peer, struct source *ret)
{
	return choose_source(in, &peer->addr.sa, peer->len, peer->our_port, now_s, ret);
}

#endif
