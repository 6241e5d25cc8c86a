/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One entry of the peer table, one cache line; only peers.h includes this file. Any thread or
 * forked process reads and writes it, without a lock.
 *
 * The protocol uses one sequence count per entry:
 *   - A writer makes the count odd by compare-and-swap, writes, and makes it even again. If the
 *     count is already odd, another writer is at work: this one takes another entry or gives up. It
 *     never waits, so a signal handler may interrupt a writer. A writer killed halfway leaves one
 *     entry odd and unused for good; that is the whole cost.
 *   - A reader loads the count, the record, and the count again. The record is valid only if the
 *     count is even and has not changed. After a few tries the reader gives up.
 *
 * The record is stored with release and loaded with acquire order, word by word. That keeps the
 * first load of the count before it and the second after it without fences, which ThreadSanitizer
 * does not follow.
 *
 * The stamp is outside the count: refreshing it is one plain store, at most once a second, and the
 * line of a busy peer stays shared among the processors. A stamp that lands on an entry just reused
 * for another peer makes that entry a little younger, which is harmless.
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

/* A peer, and the socket that it sent to: the key of the table. There is no padding, so keys are
 * equal if their bytes are. */
struct peer_key {
	struct address addr; /* for a link-local address, the second word holds the scope id (an
				interface index); it is zero otherwise (RFC 4291, 2.5.6) */
	uint32_t socket;     /* its id (sockets/sockets.h) */
	uint32_t port;	     /* network byte order */
};

/* The key for datagrams from or to peer. False, and *ret untouched, if peer is no IPv4 or IPv6
 * address. */
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

/* Where the table holds a record, valid while the sequence count is as seen. */
struct peers_place {
	const _Atomic uint32_t *seq;
	uint32_t seen;
};

/* No place: a count that never equals what was seen. */
extern HIDDEN const _Atomic uint32_t peers_nowhere;
#define PEERS_NOWHERE ((struct peers_place){&peers_nowhere, 1})

/* A reader collides with a writer only during the few stores to one entry. After this many tries
 * the writer has been preempted or killed, and the reader must not wait for it. */
enum { READ_TRIES = 8 };

/* What an entry says about its key. */
struct peer_record {
	struct source source;
	uint32_t may_be_followed; /* 0 or 1 */
};

/* Keys and records are copied as size_t, the largest word that every machine loads and stores
 * whole. The record of an empty entry (never used, or forgotten) is all zero, and :: is no
 * source. */
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

/* A key in the form in which entries hold and compare it. */
struct key_words {
	size_t words[PEER_KEY_WORDS];
};

HOT_INLINE struct key_words peer_entry_key(const struct peer_key *peer_key)
{
	struct key_words key;

	memcpy(key.words, peer_key, sizeof(key.words));
	return key;
}

/* Whether entry is key's. Compares the word with the port first: it is the most likely to
 * differ. */
HOT_INLINE bool peer_entry_is_of(const struct peer_entry *entry, const struct key_words *key)
{
	bool is_same = true;

	UNROLLED
	for (int i = PEER_KEY_WORDS - 1; i >= 0 && is_same; i--)
		is_same = atomic_load_explicit(&entry->peer_key[i], memory_order_acquire) ==
			  key->words[i];
	return is_same;
}

/* Reads the record that entry holds for key, whole; *ret_seq is the count under which it was read.
 * False if entry is another key's or empty, or a writer does not finish. */
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

/* Whether entry is of the peer of key, for any socket; *ret is its key then. Compares the word with
 * the port first, too: a search for a peer sees dozens of entries, nearly all of others. */
static inline bool peer_entry_find_key(
	const struct peer_entry *entry, const struct key_words *key, struct key_words *ret)
{
	const struct peer_key but_socket = {.addr = {{~0U, ~0U, ~0U, ~0U}}, .port = ~0U};
	const struct key_words mask = peer_entry_key(&but_socket);

	UNROLLED
	for (int i = PEER_KEY_WORDS - 1; i >= 0; i--) {
		ret->words[i] = atomic_load_explicit(&entry->peer_key[i], memory_order_acquire);
		if ((ret->words[i] ^ key->words[i]) & mask.words[i])
			return false;
	}
	return true;
}

/* Takes entry for writing. False if another writer has it, or has written it since its count was
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

/* Writes an entry that was chosen when its count was seq. PEERS_NOWHERE if it was written since. */
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

/* Seconds from then_s to now_s. A stamp of another process may be a little ahead: its age is 0. One
 * far ahead is from before the clock was set back, and has expired. */
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

/* Writes at most once a second, however busy the peer is. */
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
