/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keyed hash of the peer table. A sender of spoofed datagrams chooses the peers; without the
 * key it must not be able to choose their buckets.
 *
 * Multilinear-HM (Lemire and Kaser, "Strongly universal string hashing is fast", The Computer
 * Journal 57, 2014): h = (k0 + (k1+w2)(k2+w1) + (k3+w4)(k4+w3) + ...) mod 2^64, of which the upper
 * half is used, with 32-bit words w and 64-bit random keys k. It is strongly universal: for any two
 * different peers chosen without knowledge of the key, the hashes are independent and uniform. That
 * says nothing about more than two: under one key in ten, the neighbours of a network, whose hashes
 * are equal steps apart, pile up. A final mix, one to one, breaks the steps and keeps what is
 * proved (the constant is MurmurHash3's). Bucket numbers never leave the process, so an attacker
 * cannot learn the key from them.
 */
#ifndef REPLIES_HASH_H
#define REPLIES_HASH_H

#include "sockets/address.h"

enum { HASH_WORDS = 6 }; /* address, port, and a zero */

struct hash_key {
	uint64_t k[HASH_WORDS + 1]; /* random; one key per table */
};

static inline uint32_t hash_peer(
	const struct hash_key *key, const struct address *peer, uint32_t port)
{
	const uint64_t *k = key->k;
	const uint32_t *w = peer->word;
	uint64_t sum = k[0];
	uint32_t hash;

	sum += (k[1] + w[1]) * (k[2] + w[0]);
	sum += (k[3] + w[3]) * (k[4] + w[2]);
	sum += (k[5] + port) * k[6];
	hash = (uint32_t)(sum >> 32);
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	return hash ^ hash >> 13;
}

#endif
