/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One entry of the table of peers, one cache line; only peers.c includes this. Any thread or forked
 * process reads and writes it, without a lock.
 *
 * The protocol, one sequence count an entry:
 *   - a writer makes the count odd by compare-and-swap, writes, and makes it even again. Where the
 *     count is odd already, somebody else is writing: the writer takes another entry or gives up.
 *     It never waits, so a signal handler may interrupt a writer, and a writer killed half-way
 *     leaves one entry odd, which nobody uses again: that is all it costs.
 *   - a reader takes the count, reads, and takes the count again; only an even count that has not
 *     moved makes what it read count. It tries a few times and then does not know.
 * The record is stored with release and loaded with acquire order, word by word. That keeps the
 * first count before and the second count behind it without fences, which ThreadSanitizer does not
 * follow.
 *
 * The stamp stands outside the count: refreshing it is one plain store, at most once a second, so
 * that a busy peer's line stays shared among the processors. A stamp that lands on an entry which
 * has just changed hands makes that entry a little younger, which harms nothing. So do what is
 * counted as unanswered and the earlier source's time, which are hints.
 */
#ifndef CORE_ENTRY_H
#define CORE_ENTRY_H

#include "core/attributes.h"
#include "core/peers.h"

/* A reader meets a writer only within the few stores of one entry; after this many tries that
 * writer has lost the processor, or its life, and the reader must not wait for it. */
enum { READ_TRIES = 8 };

/* Askers and sources go in and out as the machine's own words, the largest that any machine loads
 * and stores whole. An entry that says nothing (never used, or forgotten) has a source of zeroes
 * only, which no reply can leave from. */
enum {
	ASKER_WORDS = sizeof(struct asker) / sizeof(size_t),
	SOURCE_WORDS = (sizeof(struct source) + sizeof(size_t) - 1) / sizeof(size_t),
};
_Static_assert(sizeof(struct asker) % sizeof(size_t) == 0, "askers are compared word by word");

struct entry {
	_Alignas(64) _Atomic uint32_t seq;
	_Atomic uint32_t stamp_s;
	_Atomic size_t asker[ASKER_WORDS];
	_Atomic size_t source[SOURCE_WORDS];
	_Atomic int32_t unanswered;
	_Atomic uint32_t earlier_until_s; /* 0: there is no earlier source */
};
_Static_assert(sizeof(struct entry) == 64, "an entry is a cache line");

/* An asker in the form in which entries hold and compare it. */
struct key {
	size_t words[ASKER_WORDS];
};

static inline struct key entry_key(const struct asker *asker)
{
	struct key key;

	memcpy(key.words, asker, sizeof(key.words));
	return key;
}

/* Whether entry is key's. The word most likely to differ, with the ports, comes first. */
static inline bool entry_is_of(const struct entry *entry, const struct key *key)
{
	bool is_same = true;

	UNROLLED
	for (int i = ASKER_WORDS - 1; i >= 0 && is_same; i--)
		is_same = atomic_load_explicit(&entry->asker[i], memory_order_acquire) ==
			  key->words[i];
	return is_same;
}

/* Reads what entry says of key, whole; *ret_seq is the count that it was read under. */
static inline bool entry_read(
	const struct entry *entry, const struct key *key, struct source *ret, uint32_t *ret_seq)
{
	size_t words[SOURCE_WORDS];

	for (int tries = 0; tries < READ_TRIES; tries++) {
		uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);

		if (!entry_is_of(entry, key))
			return false;
		UNROLLED
		for (int i = 0; i < SOURCE_WORDS; i++)
			words[i] = atomic_load_explicit(&entry->source[i], memory_order_acquire);
		if (seq % 2 != 0 || atomic_load_explicit(&entry->seq, memory_order_relaxed) != seq)
			continue;
		memcpy(ret, words, sizeof(*ret));
		*ret_seq = seq;
		return !address_is_v6_wildcard(&ret->addr);
	}
	return false;
}

/* Takes entry for writing; false if somebody else has it, or has written it since its count was
 * seq. */
static inline bool entry_begin(struct entry *entry, uint32_t seq)
{
	return seq % 2 == 0 && atomic_compare_exchange_strong_explicit(&entry->seq, &seq, seq + 1,
				       memory_order_acquire, memory_order_relaxed);
}

static inline void entry_end(struct entry *entry, uint32_t seq)
{
	atomic_store_explicit(&entry->seq, seq + 2, memory_order_release);
}

static inline void entry_put(_Atomic size_t *to, const size_t *from, int count)
{
	UNROLLED
	for (int i = 0; i < count; i++)
		atomic_store_explicit(&to[i], from[i], memory_order_release);
}

/* Writes what the caller has chosen to when its count was seq; nowhere, if it has been written
 * since. */
static inline struct peers_place entry_write(struct entry *entry, uint32_t seq,
	const struct key *key, const struct source *source, uint32_t now_s,
	uint32_t earlier_until_s)
{
	size_t source_words[SOURCE_WORDS] = {0};

	if (!entry_begin(entry, seq))
		return PEERS_NOWHERE;
	memcpy(source_words, source, sizeof(*source));
	entry_put(entry->asker, key->words, ASKER_WORDS);
	entry_put(entry->source, source_words, SOURCE_WORDS);
	atomic_store_explicit(&entry->stamp_s, now_s, memory_order_release);
	atomic_store_explicit(&entry->unanswered, 0, memory_order_relaxed);
	atomic_store_explicit(&entry->earlier_until_s, earlier_until_s, memory_order_relaxed);
	entry_end(entry, seq);
	return (struct peers_place){&entry->seq, seq + 2};
}

static inline void entry_clear(struct entry *entry, const struct key *key)
{
	const size_t nothing[SOURCE_WORDS] = {0};
	uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);

	if (!entry_is_of(entry, key) || !entry_begin(entry, seq))
		return;
	entry_put(entry->source, nothing, SOURCE_WORDS);
	entry_end(entry, seq);
}

/* Seconds since entry was stamped. Another process's clock reading may be a little ahead of ours:
 * the difference is then negative, which is no age at all. */
static inline uint32_t entry_age_s(const struct entry *entry, uint32_t now_s)
{
	uint32_t stamp_s = atomic_load_explicit(&entry->stamp_s, memory_order_relaxed);
	int32_t age_s = (int32_t)(now_s - stamp_s);

	return age_s < 0 ? 0 : (uint32_t)age_s;
}

static inline bool entry_is_silent(const struct entry *entry)
{
	UNROLLED
	for (int i = 0; i < SOURCE_WORDS; i++)
		if (atomic_load_explicit(&entry->source[i], memory_order_relaxed) != 0)
			return false;
	return true;
}

#endif
