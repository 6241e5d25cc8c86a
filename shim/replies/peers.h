/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table. For each peer and each socket it holds the destination of the peer's last
 * request, which is the source of the reply. Its capacity is fixed; all threads and all forked
 * processes share it without a lock (peers.c says how).
 *
 * Only the entries are shared. A process that has dropped its privileges and was broken into may
 * write anything there. What is read from an entry goes to the kernel as a source address, and is
 * never an index, a length, a pointer or a mask. Everything else is private to each process.
 *
 * All functions are safe in any thread, in forked processes and in signal handlers. They never
 * wait, never allocate, and do not touch errno. The caller provides memory and time.
 */
#ifndef REPLIES_PEERS_H
#define REPLIES_PEERS_H

#include "attributes.h"
#include "replies/hash.h"
#include "replies/peer_entry.h"

#include <stddef.h>

/* A process's private part of the table; constant once made. */
struct peers {
	struct peer_entry *entries; /* shared */
	uint32_t bucket_mask;
	uint32_t expiry_s;
	struct hash_key key;
};

/* Bytes of memory for capacity entries; capacity is a power of two, at least PEERS_WAYS. */
enum { PEERS_WAYS = 4 };
size_t peers_size(uint32_t capacity);

/*
 * Makes a table in memory, which must be zeroed, aligned to 64 bytes and peers_size(capacity) bytes
 * long, and must outlive the table. Entries of peers not heard from for more than expiry_s seconds
 * are not found.
 */
struct peers peers_make(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key);

/* The number of buckets that hold what is known about one peer, for all sockets; a power of two. */
enum { PEERS_NEIGHBOURS = 16 };

static inline uint32_t peers_hash(const struct peers *peers, const struct peer_key *peer_key)
{
	return hash_peer(&peers->key, &peer_key->addr, peer_key->port);
}

/* The bucket that is step buckets after the first of a peer. */
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

/* The rare part of peers_learn: key has no entry (entry is NULL), or its record differs from
 * news. */
NOINLINE struct peers_place peers_write(struct peer_entry *bucket, struct peer_entry *entry,
	uint32_t seq, const struct key_words *key, const struct peer_record *news, uint32_t now_s);

/*
 * Stores that a datagram of this peer arrived at source at the time now_s (seconds). If
 * may_be_followed, peers_find_elsewhere finds it too. Returns the place: while it is valid, the
 * same need not be stored again in the same second.
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

/* The destination of the peer's last request to this socket. False, and *ret untouched, if it is
 * unknown or has expired. */
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

/* Whether anything may be known about the peer, for any socket. A hint: expired entries count
 * too. */
bool peers_know(const struct peers *peers, const struct peer_key *peer_key);

/* The destination of the peer's last request within PEERS_FOLLOW_S seconds to any socket that may
 * be followed. False, and *ret untouched, if there is none. */
enum { PEERS_FOLLOW_S = 5 };
bool peers_find_elsewhere(const struct peers *peers, const struct peer_key *peer_key,
	uint32_t now_s, struct source *ret);

/* Forgets this key. */
void peers_forget(const struct peers *peers, const struct peer_key *peer_key);
/* Forgets the peer on all sockets that may be followed. */
void peers_forget_elsewhere(const struct peers *peers, const struct peer_key *peer_key);

#endif
