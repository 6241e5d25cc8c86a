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
#include "core/hash.h"

#include <stddef.h>

struct peers; /* lives in a mapping that the caller made */

/* Who asked, and on which port of ours: what a reply is looked up by. */
struct asker {
	struct endpoint peer;
	uint16_t port; /* our socket's, host byte order */
};

/* Bytes of memory for this many entries; capacity is a power of two of at least PEERS_WAYS. */
enum { PEERS_WAYS = 4 };
size_t peers_size(uint32_t capacity);

/*
 * Makes a table in memory, which is zeroed, aligned to 64 bytes and peers_size(capacity) long.
 * Entries older than expiry_s seconds are as if they were not there.
 */
struct peers *peers_format(
	void *memory, uint32_t capacity, uint32_t expiry_s, const struct hash_key *key);

/* Remembers that asker was received at this source at the time now_s (seconds, monotonic). */
void peers_learn(struct peers *peers, const struct asker *asker, const struct source *source,
	uint32_t now_s);
/* Where asker asked last. False, and *ret untouched, if that is not known. */
bool peers_find(
	struct peers *peers, const struct asker *asker, uint32_t now_s, struct source *ret);
/* Forgets asker. */
void peers_forget(struct peers *peers, const struct asker *asker);

#endif
