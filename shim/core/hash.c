/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keyed hash; hash.h says which and why. */
#include "core/hash.h"

uint32_t hash_endpoint(const struct hash_key *key, const struct endpoint *endpoint)
{
	const uint32_t *addr = endpoint->addr.word;
	uint64_t sum = key->k[0];

	for (int i = 0; i < 4; i++)
		sum += key->k[1 + i] * addr[i];
	sum += key->k[5] * endpoint->scope;
	sum += key->k[6] * endpoint->port;
	return sum >> 32;
}
