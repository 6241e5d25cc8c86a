/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keyed hash of the peer table. A sender of spoofed datagrams chooses the peers; without the
 * key it must not be able to choose the bucket they fall into.
 *
 * Multilinear-HM (Lemire and Kaser, "Strongly universal string hashing is fast", The Computer
 * Journal 57, 2014): h = (k0 + (k1+w2)(k2+w1) + (k3+w4)(k4+w3) + ...) mod 2^64, its upper half
 * taken, with 32-bit words w and 64-bit random keys k. It is strongly universal: whichever two
 * different peers somebody picks without knowing the key, their hashes are independent and uniform.
 * That says nothing of more than two: under one key in ten a network's neighbours, whose hashes are
 * equal steps apart, come to heap up. So the bits are mixed once more, one to one, which breaks the
 * steps and keeps what is proved (the constant is MurmurHash3's). Bucket numbers never leave the
 * process, so there is nothing to learn the key from.
 */
#ifndef REPLIES_HASH_H
#define REPLIES_HASH_H

#include "sockets/address.h"

enum { HASH_WORDS = 6 }; /* address, port, and one that is zero */

struct hash_key {
	uint64_t k[HASH_WORDS + 1]; /* random; one key a table */
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
