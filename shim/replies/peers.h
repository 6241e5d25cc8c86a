/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table: at which of our addresses each peer asked last, for each of our sockets. Fixed
 * capacity, shared by all threads and all forked processes, without a lock; peers.c explains how.
 *
 * Only the entries are shared. A process that has dropped its rights, and was broken into, may
 * write anything there: what is read from them is handed to the kernel as a source address and is
 * never an index, a length, a pointer or a mask. All else is private to each process.
 *
 * All functions are safe from any thread, from forked processes and from signal handlers, never
 * wait, never allocate, and do not touch errno. The caller brings memory and time.
 */
#ifndef REPLIES_PEERS_H
#define REPLIES_PEERS_H

#include "attributes.h"
#include "replies/hash.h"
#include "replies/peer_entry.h"

#include <stddef.h>

/* A process's own half of the table; constant once it is made. */
struct peers {
	struct peer_entry *entries; /* shared */
	uint32_t bucket_mask;
	uint32_t expiry_s;
	struct hash_key key;
};

/* Bytes of memory for this many entries; capacity is a power of two of at least PEERS_WAYS. */
enum { PEERS_WAYS = 4 };
size_t peers_size(uint32_t capacity);

/*
 * The table in memory, which is zeroed, aligned to 64 bytes and peers_size(capacity) long. Entries
 * of peers not heard for more than expiry_s seconds are as if they were not there.
 */
struct peers peers_make(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key);

/* All that is known of one peer, for whatever socket, lies in so many buckets; a power of two. */
enum { PEERS_NEIGHBOURS = 16 };

static inline uint32_t peers_hash(const struct peers *peers, const struct peer_key *peer_key)
{
	return hash_peer(&peers->key, &peer_key->addr, peer_key->port);
}

/* The bucket that is this many steps after the first of a peer. */
static inline struct peer_entry *peers_find_neighbour(
	const struct peers *peers, uint32_t hash, uint32_t step)
{
	return &peers->entries[(size_t)((hash + step) & peers->bucket_mask) * PEERS_WAYS];
}

HOT_INLINE struct peer_entry *peers_find_bucket(
	const struct peers *peers, const struct peer_key *peer_key)
{
	return peers_find_neighbour(
		peers, peers_hash(peers, peer_key), peer_key->socket % PEERS_NEIGHBOURS);
}

HOT_INLINE struct peer_entry *peers_find_entry(struct peer_entry *bucket,
	const struct key_words *key, struct peer_record *ret, uint32_t *ret_seq)
{
	for (int way = 0; way < PEERS_WAYS; way++)
		if (peer_entry_read(&bucket[way], key, ret, ret_seq))
			return &bucket[way];
	return NULL;
}

/* What peers_learn does where nothing is known of key, entry is NULL then, or something else. */
NOINLINE struct peers_place peers_write(struct peer_entry *bucket, struct peer_entry *entry,
	uint32_t seq, const struct key_words *key, const struct peer_record *news, uint32_t now_s);

/*
 * Remembers that asker was received at this source at the time now_s (seconds); where it teaches,
 * peers_find_elsewhere finds it. Returns where, so that the same need not be told again in the same
 * second.
 */
HOT_INLINE struct peers_place peers_learn(const struct peers *peers,
	const struct peer_key *peer_key, const struct source *source, bool may_be_followed,
	uint32_t now_s)
{
	const struct peer_record news = {.source = *source, .may_be_followed = may_be_followed};
	struct peer_entry *bucket = peers_find_bucket(peers, peer_key);
	const struct key_words key = peer_entry_key(peer_key);
	struct peer_record record;
	uint32_t seq = 0;
	struct peer_entry *entry = peers_find_entry(bucket, &key, &record, &seq);

	if (UNLIKELY(entry == NULL || memcmp(&record, &news, sizeof(record)) != 0))
		return peers_write(bucket, entry, seq, &key, &news, now_s);
	peer_entry_stamp(entry, now_s);
	return (struct peers_place){&entry->seq, seq};
}

/* Where asker asked last. False, and *ret untouched, if that is not known. */
HOT_INLINE bool peers_find(const struct peers *peers, const struct peer_key *peer_key,
	uint32_t now_s, struct source *ret)
{
	const struct key_words key = peer_entry_key(peer_key);
	struct peer_record record;
	uint32_t seq;
	struct peer_entry *entry =
		peers_find_entry(peers_find_bucket(peers, peer_key), &key, &record, &seq);

	if (entry == NULL || peer_entry_age_s(entry, now_s) > peers->expiry_s)
		return false;
	*ret = record.source;
	return true;
}

/* Whether anything may be known of asker's peer, for whatever socket; not more than a hint. */
bool peers_know(const struct peers *peers, const struct peer_key *peer_key);

/* Where the same peer asked last, within the last PEERS_FOLLOW_S seconds, on any other socket of
 * ours that teaches. */
enum { PEERS_FOLLOW_S = 5 };
bool peers_find_elsewhere(const struct peers *peers, const struct peer_key *peer_key,
	uint32_t now_s, struct source *ret);

/* Forgets asker. */
void peers_forget(const struct peers *peers, const struct peer_key *peer_key);
/* Forgets the same peer on all sockets of ours that teach. */
void peers_forget_elsewhere(const struct peers *peers, const struct peer_key *peer_key);

#endif
