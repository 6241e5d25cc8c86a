/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set-associative table: the peer's keyed hash chooses a bucket of PEERS_WAYS entries, one cache
 * line each; a new peer replaces the oldest entry of its bucket.
 *
 * The protocol, one sequence count an entry:
 *   - a writer makes the count odd by compare-and-swap, writes, and makes it even again. Where the
 *     count is odd already, somebody else is writing: the writer takes another entry or gives up.
 *     It never waits, so a signal handler may interrupt a writer, and a writer killed half-way
 *     leaves one entry odd, which nobody uses again: that is all it costs.
 *   - a reader takes the count, reads, and takes the count again; only an even count that has not
 *     moved makes what it read count. It tries a few times and then does not know.
 * Fields are stored with release and loaded with acquire order. That keeps the first count before
 * and the second count behind the fields without fences, which ThreadSanitizer does not follow.
 *
 * The stamp stands outside the count: refreshing it is one plain store, at most once a second, so
 * that a busy peer's line stays shared among the processors. A stamp that lands on an entry which
 * has just changed hands makes that entry a little younger, which harms nothing.
 *
 * Two writers may put one new peer into two entries of its bucket. Readers take the first; the next
 * learn of that peer updates the first and clears the other.
 */
#include "core/peers.h"

#include <stdatomic.h>
#include <string.h>

/* A reader meets a writer only within the few stores of one entry; after this many tries that
 * writer has lost the processor, or its life, and the reader must not wait for it. */
enum { READ_TRIES = 8 };

struct entry {
	_Alignas(64) _Atomic uint32_t seq;
	_Atomic uint32_t stamp_s;
	_Atomic uint32_t is_used;
	_Atomic uint32_t ports; /* the peer's in the upper half, ours in the lower */
	_Atomic uint32_t scope;
	_Atomic uint32_t peer[4];
	_Atomic uint32_t source[4];
	_Atomic uint32_t ifindex;
};

struct peers {
	struct hash_key key;
	uint32_t bucket_mask;
	uint32_t expiry_s;
	struct entry entries[];
};

static uint32_t get(const _Atomic uint32_t *field)
{
	return atomic_load_explicit(field, memory_order_acquire);
}

static void put(_Atomic uint32_t *field, uint32_t value)
{
	atomic_store_explicit(field, value, memory_order_release);
}

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

static struct entry *find_bucket(struct peers *peers, const struct endpoint *peer)
{
	uint32_t bucket = hash_endpoint(&peers->key, peer) & peers->bucket_mask;

	return &peers->entries[(size_t)bucket * PEERS_WAYS];
}

static uint32_t join_ports(const struct asker *asker)
{
	return (uint32_t)asker->peer.port << 16 | asker->port;
}

/* The word most likely to differ comes first. */
static bool is_of(const struct entry *entry, const struct asker *asker)
{
	const uint32_t *addr = asker->peer.addr.word;

	return get(&entry->peer[3]) == addr[3] && get(&entry->ports) == join_ports(asker) &&
	       get(&entry->peer[2]) == addr[2] && get(&entry->peer[1]) == addr[1] &&
	       get(&entry->peer[0]) == addr[0] && get(&entry->scope) == asker->peer.scope &&
	       get(&entry->is_used);
}

static struct source get_source(const struct entry *entry)
{
	struct source source;

	for (int i = 0; i < 4; i++)
		source.addr.word[i] = get(&entry->source[i]);
	source.ifindex = get(&entry->ifindex);
	return source;
}

/* Whether entry is asker's; if so *ret is its source, read whole. */
static bool read_entry(const struct entry *entry, const struct asker *asker, struct source *ret)
{
	for (int i = 0; i < READ_TRIES; i++) {
		uint32_t seq = get(&entry->seq);
		bool is_askers = is_of(entry, asker);
		struct source source = {0};

		if (is_askers)
			source = get_source(entry);
		if (seq % 2 != 0 || atomic_load_explicit(&entry->seq, memory_order_relaxed) != seq)
			continue;
		if (is_askers)
			*ret = source;
		return is_askers;
	}
	return false;
}

/* Takes entry for writing; false if somebody else has it. */
static bool begin_write(struct entry *entry, uint32_t *ret_seq)
{
	uint32_t seq = atomic_load_explicit(&entry->seq, memory_order_relaxed);

	*ret_seq = seq;
	return seq % 2 == 0 && atomic_compare_exchange_strong_explicit(&entry->seq, &seq, seq + 1,
				       memory_order_acquire, memory_order_relaxed);
}

static void end_write(struct entry *entry, uint32_t seq)
{
	put(&entry->seq, seq + 2);
}

static void write_entry(struct entry *entry, const struct asker *asker,
	const struct source *source, uint32_t now_s)
{
	uint32_t seq;

	if (!begin_write(entry, &seq))
		return;
	put(&entry->ports, join_ports(asker));
	put(&entry->scope, asker->peer.scope);
	for (int i = 0; i < 4; i++) {
		put(&entry->peer[i], asker->peer.addr.word[i]);
		put(&entry->source[i], source->addr.word[i]);
	}
	put(&entry->ifindex, source->ifindex);
	put(&entry->stamp_s, now_s);
	put(&entry->is_used, true);
	end_write(entry, seq);
}

static void clear_entry(struct entry *entry, const struct asker *asker)
{
	uint32_t seq;

	if (!begin_write(entry, &seq))
		return;
	/* It may have become another peer's since the caller looked. */
	if (is_of(entry, asker))
		put(&entry->is_used, false);
	end_write(entry, seq);
}

/* Seconds since entry was stamped. Another process's clock reading may be a little ahead of ours:
 * the difference is then negative, which is no age at all. */
static uint32_t age_of(const struct entry *entry, uint32_t now_s)
{
	int32_t age_s = (int32_t)(now_s - get(&entry->stamp_s));

	return age_s < 0 ? 0 : (uint32_t)age_s;
}

/* The entry that a new peer takes: an unused one, else the oldest, never one being written. */
static struct entry *find_victim(struct entry *bucket, uint32_t now_s)
{
	struct entry *victim = NULL;
	uint32_t victim_age_s = 0;

	for (int way = 0; way < PEERS_WAYS; way++) {
		struct entry *entry = &bucket[way];
		uint32_t age_s = age_of(entry, now_s);

		if (get(&entry->seq) % 2 != 0)
			continue;
		if (!get(&entry->is_used))
			return entry;
		if (victim == NULL || age_s > victim_age_s) {
			victim = entry;
			victim_age_s = age_s;
		}
	}
	return victim;
}

static bool is_same_source(const struct source *a, const struct source *b)
{
	return address_is_equal(&a->addr, &b->addr) && a->ifindex == b->ifindex;
}

void peers_learn(struct peers *peers, const struct asker *asker, const struct source *source,
	uint32_t now_s)
{
	struct entry *bucket = find_bucket(peers, &asker->peer);
	struct entry *own = NULL;
	struct source known;

	for (int way = 0; way < PEERS_WAYS; way++) {
		struct entry *entry = &bucket[way];

		if (own != NULL) {
			if (is_of(entry, asker))
				clear_entry(entry, asker);
		} else if (read_entry(entry, asker, &known)) {
			own = entry;
		}
	}
	if (own == NULL) {
		struct entry *victim = find_victim(bucket, now_s);

		if (victim != NULL)
			write_entry(victim, asker, source, now_s);
	} else if (!is_same_source(&known, source)) {
		write_entry(own, asker, source, now_s);
	} else if (get(&own->stamp_s) != now_s) {
		put(&own->stamp_s, now_s);
	}
}

bool peers_find(
	struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret)
{
	struct entry *bucket = find_bucket(peers, &asker->peer);

	for (int way = 0; way < PEERS_WAYS; way++)
		if (read_entry(&bucket[way], asker, ret))
			return age_of(&bucket[way], now_s) <= peers->expiry_s;
	return false;
}

void peers_forget(struct peers *peers, const struct asker *asker)
{
	struct entry *bucket = find_bucket(peers, &asker->peer);

	for (int way = 0; way < PEERS_WAYS; way++)
		if (is_of(&bucket[way], asker))
			clear_entry(&bucket[way], asker);
}
