/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A table of peers under test and what is said to it and asked of it, in terms of the samples of
 * unit.h. Its memory is shared with forked children and looked into: each entry begins with its
 * sequence count.
 */
#ifndef TABLE_H
#define TABLE_H

#include "unit.h"

enum { EXPIRY_S = 300, ENTRY = 64, ONE_BUCKET = PEERS_WAYS };

/* The memory of the table under test; made anew by each test, shared with its children. */
static unsigned char *memory;
static uint32_t capacity;

static inline struct peers *make_table_with(uint32_t entries, uint32_t expiry_s, uint64_t seed)
{
	struct dice dice = {seed};
	struct hash_key key = dice_key(&dice);

	if (memory != NULL)
		munmap(memory, peers_size(capacity));
	capacity = entries;
	memory = mmap(NULL, peers_size(entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	return peers_format(memory, entries, expiry_s, &key);
}

static inline struct peers *make_table(uint32_t entries)
{
	return make_table_with(entries, EXPIRY_S, 1);
}

/* The sequence count of the entry at this index. */
static inline _Atomic uint32_t *seq_at(uint32_t index)
{
	size_t header = peers_size(capacity) - (size_t)capacity * ENTRY;

	return (_Atomic uint32_t *)(void *)(memory + header + (size_t)index * ENTRY);
}

static inline uint32_t count_odd(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < capacity; i++)
		count += *seq_at(i) % 2;
	return count;
}

/* The writer of the entry that holds this place dies half-way. */
static inline void kill_writer_of(const struct peers_place *place)
{
	_Atomic uint32_t *seq = (_Atomic uint32_t *)place->seq;

	*seq += 1;
}

static inline struct peers_place learn(struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	return peers_learn(peers, &asker, &source, now_s);
}

static inline bool find(struct peers *peers, uint32_t n, uint32_t now_s, struct source *ret)
{
	struct asker asker = sample_asker(n);

	return peers_find(peers, &asker, now_s, ret);
}

static inline bool is_known(struct peers *peers, uint32_t n, uint32_t now_s)
{
	struct source ignored;

	return find(peers, n, now_s, &ignored);
}

static inline void forget(struct peers *peers, uint32_t n)
{
	struct asker asker = sample_asker(n);

	peers_forget(peers, &asker);
}

static inline void assert_source(struct peers *peers, const struct asker *asker, uint32_t now_s,
	const struct source *expected)
{
	struct source found;

	assert_true(peers_find(peers, asker, now_s, &found));
	assert_memory_equal(&found, expected, sizeof(found));
}

static inline void assert_found(struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	assert_source(peers, &asker, now_s, &source);
}

static inline int free_table(void **state)
{
	(void)state;
	munmap(memory, peers_size(capacity));
	return 0;
}

#endif
