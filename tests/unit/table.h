/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A peer table under test, used with the samples of unit.h. Its entries are shared with forked
 * children, and lie between inaccessible pages, so an access out of bounds faults.
 */
#ifndef TABLE_H
#define TABLE_H

#include "unit.h"

enum { EXPIRY_S = 300, ONE_BUCKET = PEERS_WAYS };

/* The table under test; made anew by each test. */
static struct peers table;
static uint32_t capacity;
static unsigned char *guarded;
static size_t guarded_size;

static inline int free_table(void **state)
{
	(void)state;
	if (guarded != NULL)
		munmap(guarded, guarded_size);
	guarded = NULL;
	return 0;
}

static inline const struct peers *make_table_with(
	uint32_t entries, uint32_t expiry_s, uint64_t seed)
{
	struct dice dice = {seed};
	struct hash_key key = dice_key(&dice);
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = peers_size(entries);
	unsigned char *begin;

	free_table(NULL);
	guarded_size = 2 * page + (size + page - 1) / page * page;
	guarded = mmap(NULL, guarded_size, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(guarded, MAP_FAILED);
	assert_return_code(
		mprotect(guarded + page, guarded_size - 2 * page, PROT_READ | PROT_WRITE), 0);
	/* Ends at the guard page after it. */
	begin = guarded + guarded_size - page - size;
	capacity = entries;
	table = peers_make(begin, entries, expiry_s, &key);
	return &table;
}

static inline const struct peers *make_table(uint32_t entries)
{
	return make_table_with(entries, EXPIRY_S, 1);
}

static inline uint32_t count_odd(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < capacity; i++)
		count += table.entries[i].seq % 2;
	return count;
}

/* The writer of this peer's entry dies half-way. */
static inline void kill_writer_of(const struct peers_place *place)
{
	_Atomic uint32_t *seq = (_Atomic uint32_t *)place->seq;

	*seq += 1;
}

static inline struct peers_place learn(
	const struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct peer_key peer_key = sample_key(n);
	struct source source = sample_source(n, k);

	return peers_learn(peers, &peer_key, &source, true, now_s);
}

static inline bool find(const struct peers *peers, uint32_t n, uint32_t now_s, struct source *ret)
{
	struct peer_key peer_key = sample_key(n);

	return peers_find(peers, &peer_key, now_s, ret);
}

/* As found by a socket that the peer did not ask. */
static inline bool find_elsewhere(
	const struct peers *peers, uint32_t n, uint32_t now_s, struct source *ret)
{
	struct peer_key peer_key = sample_key(n);

	peer_key.socket = 99;
	return peers_find_elsewhere(peers, &peer_key, now_s, ret);
}

static inline bool is_known(const struct peers *peers, uint32_t n, uint32_t now_s)
{
	struct source ignored;

	return find(peers, n, now_s, &ignored);
}

static inline void forget(const struct peers *peers, uint32_t n)
{
	struct peer_key peer_key = sample_key(n);

	peers_forget(peers, &peer_key);
}

static inline void assert_source(const struct peers *peers, const struct peer_key *peer_key,
	uint32_t now_s, const struct source *expected)
{
	struct source found;

	assert_true(peers_find(peers, peer_key, now_s, &found));
	assert_memory_equal(&found, expected, sizeof(found));
}

static inline void assert_found(const struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct peer_key peer_key = sample_key(n);
	struct source source = sample_source(n, k);

	assert_source(peers, &peer_key, now_s, &source);
}

#endif
