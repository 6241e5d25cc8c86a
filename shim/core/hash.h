/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keyed hash of the peer table. A sender of spoofed datagrams chooses the peers; without the
 * key it must not be able to choose the bucket they fall into.
 *
 * Multilinear hashing: h = (k0 + k1*w1 + ... + kn*wn) mod 2^64, its upper half taken, with 32-bit
 * words w and 64-bit random keys k. It is strongly universal (Lemire and Kaser, "Strongly universal
 * string hashing is fast", The Computer Journal 57, 2014): whichever two different peers somebody
 * picks without knowing the key, their hashes are independent and uniform. Bucket numbers never leave the
 * process, so there is nothing to learn the key from. A dozen instructions, on 32-bit machines too.
 */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include "core/address.h"

enum { HASH_WORDS = 6 }; /* address, scope id, port */

struct hash_key {
	uint64_t k[HASH_WORDS + 1]; /* random; one key a table */
};

uint32_t hash_endpoint(const struct hash_key *key, const struct endpoint *endpoint);

#endif
