/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory of peers: which of our addresses each peer asked at. Fixed capacity, shared by all
 * threads and all forked processes, without a lock; peers.c explains how.
 *
 * All functions are safe from any thread, from forked processes and from signal handlers, never
 * wait, never allocate, and do not touch errno. The caller brings memory and time.
 */
#ifndef CORE_PEERS_H
#define CORE_PEERS_H

#include "core/address.h"
#include "core/attributes.h"
#include "core/hash.h"

#include <stdatomic.h>
#include <stddef.h>

struct peers; /* lives in a mapping that the caller made */

/* Who asked, and on which port of ours: what a reply is looked up by. Without padding, so that two
 * are equal if their bytes are. */
struct asker {
	struct address addr;
	uint32_t scope; /* interface index, link-local addresses only; otherwise 0 */
	in_port_t port; /* network byte order, as the next */
	in_port_t our_port;
};

static inline bool asker_is_equal(const struct asker *a, const struct asker *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Bytes of memory for this many entries; capacity is a power of two of at least PEERS_WAYS. */
enum { PEERS_WAYS = 4 };
size_t peers_size(uint32_t capacity);

/*
 * Makes a table in memory, which is zeroed, aligned to 64 bytes and peers_size(capacity) long.
 * Entries older than expiry_s seconds are as if they were not there.
 */
struct peers *peers_format(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key);

/* Where the table holds what it was told, for as long as that stands. */
struct peers_place {
	const _Atomic uint32_t *seq;
	uint32_t seen;
};

/* Nowhere: a count that never is what was seen. */
extern HIDDEN const _Atomic uint32_t peers_nowhere;
#define PEERS_NOWHERE ((struct peers_place){&peers_nowhere, 1})

/* Whether what was learnt still stands in its place. */
ON_THE_WAY bool peers_still_holds(const struct peers_place *place)
{
	return atomic_load_explicit(place->seq, memory_order_relaxed) == place->seen;
}

/*
 * Remembers that asker was received at this source at the time now_s (seconds, monotonic). Returns
 * where, so that the same need not be told again in the same second.
 */
struct peers_place peers_learn(struct peers *peers, const struct asker *asker,
	const struct source *source, uint32_t now_s);

/*
 * Counts requests of the asker at this place that nobody has answered: n more, for what the caller
 * has received, or fewer. Only a hint, and lost if the place holds somebody else by now.
 */
void peers_count(const struct peers_place *place, int32_t n);
/* Whether the asker at this place has unanswered requests at another address of ours, older than
 * those at this one: then peers_find has to be asked for each answer. */
bool peers_owe_earlier(const struct peers_place *place, uint32_t now_s);

/*
 * Where an answer to asker leaves from, and counts it as given: where its oldest unanswered request
 * came in, if it has such at two of our addresses; else where it asked last. False, and *ret
 * untouched, if that is not known.
 */
bool peers_find(struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret);
/* Where the same peer asked last on any other socket of ours: asker's our_port does not count. */
bool peers_find_elsewhere(
	struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret);
/* Forgets asker; false if it was not known. */
bool peers_forget(struct peers *peers, const struct asker *asker);
/* Forgets the same peer on all sockets of ours. */
void peers_forget_elsewhere(struct peers *peers, const struct asker *asker);

#endif
