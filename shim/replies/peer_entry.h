/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One entry of the peer table, one cache line; only peers.h includes this. Any thread or forked
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
 * first count before and the second count after it without fences, which ThreadSanitizer does not
 * follow.
 *
 * The stamp stands outside the count: refreshing it is one plain store, at most once a second, so
 * that a busy peer's line stays shared among the processors. A stamp that lands on an entry which
 * has just changed hands makes that entry a little younger, which harms nothing.
 */
#ifndef REPLIES_PEER_ENTRY_H
#define REPLIES_PEER_ENTRY_H

#include "attributes.h"
#include "sockets/address.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Who asked, and which socket of ours: what a source is looked up by. Without padding, so that two
 * are equal if their bytes are. */
struct peer_key {
	struct address addr; /* of a link-local one the second word has the scope id (an interface's
				index) in it, for it is zero otherwise (RFC 4291, 2.5.6) */
	uint32_t socket;     /* its identity (sockets/sockets.h) */
	uint32_t port;	     /* network byte order */
};

/* The asker of a datagram from, or to, peer. False for what is no IPv4 or IPv6 address. */
static inline bool peer_key_make(
	const struct sockaddr *peer, socklen_t len, uint32_t socket, struct peer_key *ret)
{
	struct endpoint endpoint;

	if (!endpoint_from_sockaddr(peer, len, &endpoint))
		return false;
	ret->addr = endpoint.addr;
	ret->addr.word[1] ^= endpoint.scope;
	ret->socket = socket;
	ret->port = endpoint.port;
	return true;
}

static inline bool peer_key_is_equal(const struct peer_key *a, const struct peer_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Where the table holds what it was told, for as long as that stands. */
struct peers_place {
	const _Atomic uint32_t *seq;
	uint32_t seen;
};

/* Nowhere: a count that never is what was seen. */
extern HIDDEN const _Atomic uint32_t peers_nowhere;
#define PEERS_NOWHERE ((struct peers_place){&peers_nowhere, 1})

/* A reader meets a writer only within the few stores of one entry; after this many tries that
 * writer has lost the processor, or its life, and the reader must not wait for it. */
enum { READ_TRIES = 8 };

/* What an entry says of its asker. */
struct peer_record {
	struct source source;
	uint32_t may_be_followed; /* 1, or 0 */
};

/* Askers and what is known of them go in and out as the machine's own words, the largest that any
 * machine loads and stores whole. An entry that says nothing (never used, or forgotten) is zeroes
 * only, and :: is no source. */
enum {
	PEER_KEY_WORDS = sizeof(struct peer_key) / sizeof(size_t),
	RECORD_WORDS = sizeof(struct peer_record) / sizeof(size_t),
};
_Static_assert(sizeof(struct peer_key) % sizeof(size_t) == 0, "keys are compared word by word");
_Static_assert(sizeof(struct peer_record) % sizeof(size_t) == 0, "so is what is known of them");

struct peer_entry {
	_Alignas(64) _Atomic uint32_t seq;
	_Atomic uint32_t stamp_s;
	_Atomic size_t peer_key[PEER_KEY_WORDS];
	_Atomic size_t record[RECORD_WORDS];
};
_Static_assert(sizeof(struct peer_entry) == 64, "an entry is a cache line");

/* An asker in the form in which entries hold and compare it. */
struct key_words {
	size_t words[PEER_KEY_WORDS];
};

HOT_INLINE struct key_words peer_entry_key(const struct peer_key *peer_key)
{
	struct key_words key;

	memcpy(key.words, peer_key, sizeof(key.words));
	return key;
}

/* Whether entry is key's. The word most likely to differ, with the port, comes first. */
HOT_INLINE bool peer_entry_is_of(const struct peer_entry *entry, const struct key_words *key)
{
	bool is_same = true;

	UNROLLED
	for (int i = PEER_KEY_WORDS - 1; i >= 0 && is_same; i--)
		is_same = atomic_load_explicit(&entry->peer_key[i], memory_order_acquire) ==
			  key->words[i];
	return is_same;
}

/* Reads what entry says of key, whole; *ret_seq is the count that it was read under. */
HOT_INLINE bool peer_entry_read(const struct peer_entry *entry, const struct key_words *key,
	struct peer_record *ret, uint32_t *ret_seq)
{
	size_t words[RECORD_WORDS];

	for (int tries = 0; tries < READ_TRIES; tries++) {
		uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);

		if (!peer_entry_is_of(entry, key))
			return false;
		UNROLLED
		for (int i = 0; i < RECORD_WORDS; i++)
			words[i] = atomic_load_explicit(&entry->record[i], memory_order_acquire);
		if (seq % 2 != 0 || atomic_load_explicit(&entry->seq, memory_order_relaxed) != seq)
			continue;
		memcpy(ret, words, sizeof(*ret));
		*ret_seq = seq;
		return !address_is_v6_wildcard(&ret->source.addr);
	}
	return false;
}

/* The key of entry if it is of asker's peer, for whatever socket; false if it is not. */
static inline bool peer_entry_find_key(
	const struct peer_entry *entry, const struct peer_key *peer_key, struct key_words *ret)
{
	struct peer_key there;

	UNROLLED
	for (int i = 0; i < PEER_KEY_WORDS; i++)
		ret->words[i] = atomic_load_explicit(&entry->peer_key[i], memory_order_acquire);
	memcpy(&there, ret->words, sizeof(there));
	there.socket = peer_key->socket;
	return peer_key_is_equal(&there, peer_key);
}

/* Takes entry for writing; false if somebody else has it, or has written it since its count was
 * seq. */
static inline bool peer_entry_begin(struct peer_entry *entry, uint32_t seq)
{
	return seq % 2 == 0 && atomic_compare_exchange_strong_explicit(&entry->seq, &seq, seq + 1,
				       memory_order_acquire, memory_order_relaxed);
}

static inline void peer_entry_end(struct peer_entry *entry, uint32_t seq)
{
	atomic_store_explicit(&entry->seq, seq + 2, memory_order_release);
}

static inline void peer_entry_put(_Atomic size_t *to, const size_t *from, int count)
{
	UNROLLED
	for (int i = 0; i < count; i++)
		atomic_store_explicit(&to[i], from[i], memory_order_release);
}

/* Writes what the caller has chosen to when its count was seq; nowhere, if it has been written
 * since. */
static inline struct peers_place peer_entry_write(struct peer_entry *entry, uint32_t seq,
	const struct key_words *key, const struct peer_record *record, uint32_t now_s)
{
	size_t words[RECORD_WORDS];

	if (!peer_entry_begin(entry, seq))
		return PEERS_NOWHERE;
	memcpy(words, record, sizeof(words));
	peer_entry_put(entry->peer_key, key->words, PEER_KEY_WORDS);
	peer_entry_put(entry->record, words, RECORD_WORDS);
	atomic_store_explicit(&entry->stamp_s, now_s, memory_order_release);
	peer_entry_end(entry, seq);
	return (struct peers_place){&entry->seq, seq + 2};
}

static inline void peer_entry_clear(struct peer_entry *entry, const struct key_words *key)
{
	const size_t nothing[RECORD_WORDS] = {0};
	uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);

	if (!peer_entry_is_of(entry, key) || !peer_entry_begin(entry, seq))
		return;
	peer_entry_put(entry->record, nothing, RECORD_WORDS);
	peer_entry_end(entry, seq);
}

/* Seconds since then. Another process's reading may be a little ahead of ours, which is no age at
 * all; one far ahead is from before the clock was set back, and counts for nothing any more. */
static inline uint32_t peers_age_s(uint32_t then_s, uint32_t now_s)
{
	enum { AHEAD_S = 60 };
	int32_t age_s = (int32_t)(now_s - then_s);

	if (age_s < 0)
		return age_s < -AHEAD_S ? UINT32_MAX : 0;
	return (uint32_t)age_s;
}

/* Seconds since entry was stamped. */
static inline uint32_t peer_entry_age_s(const struct peer_entry *entry, uint32_t now_s)
{
	return peers_age_s(atomic_load_explicit(&entry->stamp_s, memory_order_relaxed), now_s);
}

/* A busy peer's is written once a second. */
HOT_INLINE void peer_entry_stamp(struct peer_entry *entry, uint32_t now_s)
{
	if (atomic_load_explicit(&entry->stamp_s, memory_order_relaxed) != now_s)
		atomic_store_explicit(&entry->stamp_s, now_s, memory_order_relaxed);
}

static inline bool peer_entry_is_silent(const struct peer_entry *entry)
{
	UNROLLED
	for (int i = 0; i < RECORD_WORDS; i++)
		if (atomic_load_explicit(&entry->record[i], memory_order_relaxed) != 0)
			return false;
	return true;
}

#endif
