/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set-associative table: the peer's keyed hash chooses a bucket of PEERS_WAYS entries (entry.h);
 * a new peer replaces the oldest entry of its bucket.
 *
 * Two writers may put one new peer into two entries of its bucket. Readers and writers take the
 * first, and a writer that changes it clears the other.
 *
 * A peer may ask at one of our addresses and then at another before it is answered. The entry
 * counts what is unanswered; when its source changes while that is more than nothing, the older
 * source moves into an entry of its own, under the same asker with EARLIER in its scope, and is
 * used up first. The counts are hints: where requests are dropped, or answered by many datagrams,
 * they are off, so they are good for a few seconds only, and what they can do wrong is to answer
 * from where the peer asked just before.
 */
#include "core/peers.h"

#include "core/attributes.h"
#include "core/entry.h"

/* Set in the scope of the older of two sources; no interface has such an index. A request that has
 * waited for longer than EARLIER_S has been dropped, or its client no longer waits. */
static const uint32_t EARLIER = 0x80000000;
enum { EARLIER_S = 4 };

struct peers {
	struct hash_key key;
	uint32_t bucket_mask;
	uint32_t expiry_s;
	struct entry entries[];
};

const _Atomic uint32_t peers_nowhere = 0;

size_t peers_size(uint32_t capacity)
{
	return sizeof(struct peers) + capacity * sizeof(struct entry);
}

struct peers *peers_format(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key)
{
	struct peers *peers = memory;

	peers->key = *key;
	peers->bucket_mask = capacity / PEERS_WAYS - 1;
	peers->expiry_s = expiry_s;
	return peers;
}

static inline struct entry *find_bucket(struct peers *peers, const struct asker *asker)
{
	uint32_t hash = hash_peer(&peers->key, &asker->addr, asker->scope, asker->port);

	return &peers->entries[(size_t)(hash & peers->bucket_mask) * PEERS_WAYS];
}

/* Clears all entries of key in bucket but one. */
static void clear_others(struct entry *bucket, const struct key *key, const struct entry *own)
{
	for (int way = 0; way < PEERS_WAYS; way++)
		if (&bucket[way] != own)
			entry_clear(&bucket[way], key);
}

/* How often the entries of bucket have been written. */
static uint32_t count_writes(const struct entry *bucket)
{
	uint32_t sum = 0;

	for (int way = 0; way < PEERS_WAYS; way++)
		sum += atomic_load_explicit(&bucket[way].seq, memory_order_relaxed);
	return sum / 2;
}

/* The entry that a new peer takes: one that says nothing, else the oldest, never one being
 * written. *ret_seq is the count that it was chosen under. In a flood all are of one age: then they
 * go in turn, so that who came last, and may be one of a batch not answered yet, stays longest. */
static struct entry *find_victim(struct entry *bucket, uint32_t now_s, uint32_t *ret_seq)
{
	struct entry *victim = NULL;
	uint32_t victim_age_s = 0;
	uint32_t turn = count_writes(bucket);

	for (uint32_t i = 0; i < PEERS_WAYS; i++) {
		struct entry *entry = &bucket[(turn + i) % PEERS_WAYS];
		uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_acquire);
		uint32_t age_s = entry_is_silent(entry) ? UINT32_MAX : entry_age_s(entry, now_s);

		if (seq % 2 != 0 || (victim != NULL && age_s <= victim_age_s))
			continue;
		victim = entry;
		victim_age_s = age_s;
		*ret_seq = seq;
	}
	return victim;
}

/* Another writer may take the victim first; then there is another one, or the bucket is in such
 * demand that one peer more or less is no matter. */
static struct peers_place insert(
	struct entry *bucket, const struct key *key, const struct source *source, uint32_t now_s)
{
	struct peers_place place = PEERS_NOWHERE;

	for (int tries = 0; tries < PEERS_WAYS && place.seq == &peers_nowhere; tries++) {
		uint32_t seq;
		struct entry *victim = find_victim(bucket, now_s, &seq);

		if (victim != NULL)
			place = entry_write(victim, seq, key, source, now_s, 0);
	}
	return place;
}

static struct asker make_earlier(const struct asker *asker)
{
	struct asker earlier = *asker;

	earlier.scope |= EARLIER;
	return earlier;
}

ON_THE_WAY struct entry *find_entry(
	struct entry *bucket, const struct key *key, struct source *ret, uint32_t *ret_seq)
{
	for (int way = 0; way < PEERS_WAYS; way++)
		if (entry_read(&bucket[way], key, ret, ret_seq))
			return &bucket[way];
	return NULL;
}

static bool owes_earlier(const struct entry *entry, uint32_t now_s)
{
	uint32_t until_s = atomic_load_explicit(&entry->earlier_until_s, memory_order_relaxed);

	return until_s != 0 && (int32_t)(until_s - now_s) >= 0;
}

/* Before entry, which is asker's, gets another source than this one: if there are requests that
 * came in here and are not answered, it is kept as the earlier one. If there is one already,
 * that is older still, and this one is lost. Returns until when there is one. */
static uint32_t keep_earlier(struct peers *peers, struct entry *entry, const struct asker *asker,
	const struct source *source, uint32_t now_s)
{
	const struct asker asker_then = make_earlier(asker);
	const struct key key = entry_key(&asker_then);
	int32_t unanswered = atomic_load_explicit(&entry->unanswered, memory_order_relaxed);
	struct entry *bucket, *then;
	struct peers_place place;
	struct source known;
	uint32_t seq;

	if (owes_earlier(entry, now_s))
		return atomic_load_explicit(&entry->earlier_until_s, memory_order_relaxed);
	if (unanswered <= 0 || entry_age_s(entry, now_s) > EARLIER_S)
		return 0;
	bucket = find_bucket(peers, &asker_then);
	then = find_entry(bucket, &key, &known, &seq);
	place = then != NULL ? entry_write(then, seq, &key, source, now_s, 0)
			     : insert(bucket, &key, source, now_s);
	peers_count(&place, unanswered);
	return now_s + EARLIER_S;
}

struct peers_place peers_learn(
	struct peers *peers, const struct asker *asker, const struct source *source, uint32_t now_s)
{
	struct entry *bucket = find_bucket(peers, asker);
	const struct key key = entry_key(asker);
	struct source known;
	uint32_t seq;
	struct entry *entry = find_entry(bucket, &key, &known, &seq);

	if (entry == NULL)
		return insert(bucket, &key, source, now_s);
	if (memcmp(&known, source, sizeof(known)) != 0) {
		uint32_t until_s = keep_earlier(peers, entry, asker, &known, now_s);

		clear_others(bucket, &key, entry);
		return entry_write(entry, seq, &key, source, now_s, until_s);
	}
	/* What the last seconds have left unanswered is taken for dropped. */
	if (atomic_load_explicit(&entry->stamp_s, memory_order_relaxed) != now_s) {
		atomic_store_explicit(&entry->stamp_s, now_s, memory_order_relaxed);
		atomic_store_explicit(&entry->unanswered, 0, memory_order_relaxed);
	}
	return (struct peers_place){&entry->seq, seq};
}

static struct entry *entry_at(const struct peers_place *place)
{
	return (struct entry *)((char *)(uintptr_t)place->seq - offsetof(struct entry, seq));
}

void peers_count(const struct peers_place *place, int32_t n)
{
	if (peers_still_holds(place))
		atomic_fetch_add_explicit(&entry_at(place)->unanswered, n, memory_order_relaxed);
}

bool peers_owe_earlier(const struct peers_place *place, uint32_t now_s)
{
	return peers_still_holds(place) && owes_earlier(entry_at(place), now_s);
}

/* The earlier source of asker, whose own entry is this. False if there is none, or it has given all
 * the answers it owes. */
static bool take_earlier(
	struct peers *peers, struct entry *entry, const struct asker *asker, struct source *ret)
{
	const struct asker asker_then = make_earlier(asker);
	const struct key key = entry_key(&asker_then);
	struct source known;
	uint32_t seq;
	struct entry *earlier = find_entry(find_bucket(peers, &asker_then), &key, &known, &seq);
	int32_t unanswered = 0;

	if (earlier != NULL)
		unanswered =
			atomic_fetch_sub_explicit(&earlier->unanswered, 1, memory_order_relaxed);
	if (unanswered <= 1)
		atomic_store_explicit(&entry->earlier_until_s, 0, memory_order_relaxed);
	if (unanswered < 1)
		return false;
	*ret = known;
	return true;
}

bool peers_find(struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret)
{
	const struct key key = entry_key(asker);
	struct source known;
	uint32_t seq;
	struct entry *entry = find_entry(find_bucket(peers, asker), &key, &known, &seq);

	if (entry == NULL || entry_age_s(entry, now_s) > peers->expiry_s)
		return false;
	if (UNLIKELY(owes_earlier(entry, now_s)) && take_earlier(peers, entry, asker, ret))
		return true;
	atomic_fetch_sub_explicit(&entry->unanswered, 1, memory_order_relaxed);
	*ret = known;
	return true;
}

/* asker's key, with the port of ours that entry has: entry's own, if it is of the same peer. */
static struct key make_key_elsewhere(const struct entry *entry, const struct asker *asker)
{
	struct asker there;
	struct key key;

	for (int i = 0; i < ASKER_WORDS; i++)
		key.words[i] = atomic_load_explicit(&entry->asker[i], memory_order_acquire);
	memcpy(&there, key.words, sizeof(there));
	there = (struct asker){asker->addr, asker->scope, asker->port, there.our_port};
	return entry_key(&there);
}

bool peers_find_elsewhere(
	struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret)
{
	struct entry *bucket = find_bucket(peers, asker);
	uint32_t youngest_s = peers->expiry_s;
	bool is_found = false;
	struct source known;
	uint32_t seq;

	for (int way = 0; way < PEERS_WAYS; way++) {
		const struct key key = make_key_elsewhere(&bucket[way], asker);
		uint32_t age_s = entry_age_s(&bucket[way], now_s);

		if (age_s > youngest_s || !entry_read(&bucket[way], &key, &known, &seq))
			continue;
		*ret = known;
		youngest_s = age_s;
		is_found = true;
	}
	return is_found;
}

bool peers_forget(struct peers *peers, const struct asker *asker)
{
	struct entry *bucket = find_bucket(peers, asker);
	const struct key key = entry_key(asker);
	struct source known;
	uint32_t seq;
	bool is_known = find_entry(bucket, &key, &known, &seq) != NULL;

	clear_others(bucket, &key, NULL);
	return is_known;
}

void peers_forget_elsewhere(struct peers *peers, const struct asker *asker)
{
	struct entry *bucket = find_bucket(peers, asker);

	for (int way = 0; way < PEERS_WAYS; way++) {
		const struct key key = make_key_elsewhere(&bucket[way], asker);

		entry_clear(&bucket[way], &key);
	}
}
