/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set-associative table: the peer's keyed hash and the socket choose a bucket of PEERS_WAYS
 * entries (peer_entry.h); a new key replaces the oldest entry of its bucket, or of its peer there.
 *
 * All that is known about one peer, for any socket, is in PEERS_NEIGHBOURS buckets, starting at the
 * one that its hash chooses. The sockets of a process, whose ids are mostly consecutive, are spread
 * over these in turn. So a peer that sends to dozens of sockets does not evict its own entries, and
 * what it sent to another socket is found by searching these buckets.
 *
 * Two writers may put one new key into two entries of its bucket. Readers and writers use the
 * first, and a writer that changes it clears the other.
 */
#include "replies/peers.h"

#include "attributes.h"
#include "runtime/status.h"

const _Atomic uint32_t peers_nowhere = 0;

size_t peers_size(uint32_t capacity)
{
	return capacity * sizeof(struct peer_entry);
}

struct peers peers_make(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key)
{
	return (struct peers){
		.entries = memory,
		.bucket_mask = capacity / PEERS_WAYS - 1,
		.expiry_s = expiry_s,
		.key = *key,
	};
}

/* Clears the entries of key in bucket, except the one that is kept. */
static void clear_others(
	struct peer_entry *bucket, const struct key_words *key, const struct peer_entry *kept)
{
	for (int way = 0; way < PEERS_WAYS; way++)
		if (&bucket[way] != kept)
			peer_entry_clear(&bucket[way], key);
}

/* How often the entries of bucket were written. */
static uint32_t count_writes(const struct peer_entry *bucket)
{
	uint32_t sum = 0;

	for (int way = 0; way < PEERS_WAYS; way++)
		sum += atomic_load_explicit(&bucket[way].seq, memory_order_relaxed);
	return sum / 2;
}

/* An entry that may be replaced: the count under which it was chosen, and its age, UINT32_MAX if it
 * is empty. entry is NULL if there is none. */
struct victim {
	struct peer_entry *entry;
	uint32_t seq, age_s;
};

/* The oldest entry of those whose peer is peer_of's, or of all if that is NULL; *ret_count is how
 * many there are, up to the first empty one, which is taken. Those that are being written do not
 * count. In a flood all entries have the same age and are replaced in turn. This keeps the latest
 * ones longest, which may be a batch that is not answered yet. */
static inline struct victim find_oldest(
	struct peer_entry *bucket, const struct key_words *peer_of, uint32_t now_s, int *ret_count)
{
	struct victim oldest = {.entry = NULL, .age_s = 0};
	struct key_words there;
	uint32_t turn = count_writes(bucket);

	*ret_count = 0;
	for (uint32_t i = 0; i < PEERS_WAYS && oldest.age_s != UINT32_MAX; i++) {
		struct peer_entry *entry = &bucket[(turn + i) % PEERS_WAYS];
		uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);
		uint32_t age_s =
			peer_entry_is_silent(entry) ? UINT32_MAX : peer_entry_age_s(entry, now_s);

		if (seq % 2 != 0 ||
			(peer_of != NULL && !peer_entry_find_key(entry, peer_of, &there)))
			continue;
		++*ret_count;
		if (oldest.entry == NULL || age_s > oldest.age_s)
			oldest = (struct victim){entry, seq, age_s};
	}
	return oldest;
}

/* A peer with this many entries in a full bucket replaces the oldest of its own: a resolver asks
 * one server from a new socket each time, and must not evict its clients by that. */
enum { OWN_WAYS = PEERS_WAYS / 2 };

/* The entry for a new key: an empty one, else the oldest of its peer or of all. */
static struct victim find_victim(
	struct peer_entry *bucket, const struct key_words *key, uint32_t now_s)
{
	int count;
	struct victim oldest = find_oldest(bucket, NULL, now_s, &count), own;

	if (count == 0 || oldest.age_s == UINT32_MAX)
		return oldest;
	own = find_oldest(bucket, key, now_s, &count);
	return count >= OWN_WAYS ? own : oldest;
}

/* Another writer may take the victim first. Then there is another victim, or the bucket is so busy
 * that one peer more or less does not matter. */
static struct peers_place insert(struct peer_entry *bucket, const struct key_words *key,
	const struct peer_record *record, uint32_t now_s)
{
	struct peers_place place = PEERS_NOWHERE;

	for (int tries = 0; tries < PEERS_WAYS && place.seq == &peers_nowhere; tries++) {
		const struct victim victim = find_victim(bucket, key, now_s);

		if (victim.entry == NULL)
			continue;
		place = peer_entry_write(victim.entry, victim.seq, key, record, now_s);
		if (place.seq != &peers_nowhere && victim.age_s != UINT32_MAX)
			status_count_evicted(victim.age_s);
	}
	return place;
}

struct peers_place peers_write(struct peer_entry *bucket, struct peer_entry *entry, uint32_t seq,
	const struct key_words *key, const struct peer_record *news, uint32_t now_s)
{
	if (entry == NULL)
		return insert(bucket, key, news, now_s);
	clear_others(bucket, key, entry);
	return peer_entry_write(entry, seq, key, news, now_s);
}

/* Calls visit for each entry of the key's peer until it returns true; returns whether it did. */
typedef bool visitor(struct peer_entry *entry, const struct key_words *key, void *arg);
static bool visit_peer(
	const struct peers *peers, const struct peer_key *peer_key, visitor *visit, void *arg)
{
	const struct key_words wanted = peer_entry_key(peer_key);
	uint32_t hash = peers_hash(peers, peer_key);

	for (uint32_t step = 0; step < PEERS_NEIGHBOURS && step <= peers->bucket_mask; step++) {
		struct peer_entry *bucket = peers_find_neighbour(peers, hash, step);

		for (int way = 0; way < PEERS_WAYS; way++) {
			struct key_words key;

			if (peer_entry_find_key(&bucket[way], &wanted, &key) &&
				visit(&bucket[way], &key, arg))
				return true;
		}
	}
	return false;
}

static bool visit_any(struct peer_entry *entry, const struct key_words *key, void *arg)
{
	(void)key;
	(void)arg;
	return !peer_entry_is_silent(entry);
}

bool peers_know(const struct peers *peers, const struct peer_key *peer_key)
{
	return visit_peer(peers, peer_key, visit_any, NULL);
}

/* The youngest entry so far that may be followed. */
struct youngest {
	uint32_t now_s, age_s;
	bool is_found;
	struct source source;
};

static bool visit_followable(struct peer_entry *entry, const struct key_words *key, void *arg)
{
	struct youngest *youngest = arg;
	uint32_t age_s = peer_entry_age_s(entry, youngest->now_s);
	struct peer_record record;
	uint32_t seq;

	if (age_s <= youngest->age_s && peer_entry_read(entry, key, &record, &seq) &&
		record.may_be_followed == 1) {
		youngest->age_s = age_s;
		youngest->is_found = true;
		youngest->source = record.source;
	}
	return false;
}

bool peers_find_elsewhere(const struct peers *peers, const struct peer_key *peer_key,
	uint32_t now_s, struct source *ret)
{
	struct youngest youngest = {.now_s = now_s, .age_s = PEERS_FOLLOW_S};

	if (peers->expiry_s < youngest.age_s)
		youngest.age_s = peers->expiry_s;
	visit_peer(peers, peer_key, visit_followable, &youngest);
	if (youngest.is_found)
		*ret = youngest.source;
	return youngest.is_found;
}

void peers_forget(const struct peers *peers, const struct peer_key *peer_key)
{
	const struct key_words key = peer_entry_key(peer_key);

	clear_others(peers_find_bucket(peers, peer_key), &key, NULL);
}

static bool visit_to_forget(struct peer_entry *entry, const struct key_words *key, void *arg)
{
	struct peer_record record;
	uint32_t seq;

	(void)arg;
	if (peer_entry_read(entry, key, &record, &seq) && record.may_be_followed == 1)
		peer_entry_clear(entry, key);
	return false;
}

void peers_forget_elsewhere(const struct peers *peers, const struct peer_key *peer_key)
{
	visit_peer(peers, peer_key, visit_to_forget, NULL);
}
