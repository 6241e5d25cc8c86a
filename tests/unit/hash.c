/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hash against an attacker who chooses the peers but does not know the key: sets of addresses
 * that collide under weaker hashes fall into buckets as evenly as random ones, and any two
 * addresses share a bucket only as often as by chance.
 */
#include "replies/hash.h"

#include "unit.h"

enum { KEYS = 256, SET = 4096, BUCKETS = 256 };

struct peer {
	struct address addr;
	in_port_t port;
};

static uint32_t hash_of(const struct hash_key *key, const struct peer *peer)
{
	return hash_peer(key, &peer->addr, peer->port);
}

static uint32_t bucket_of(const struct hash_key *key, const struct peer *peer)
{
	return hash_of(key, peer) % BUCKETS;
}

static struct peer v4_peer(uint32_t host, uint16_t port)
{
	return (struct peer){address_from_v4((struct in_addr){htonl(host)}), htons(port)};
}

static struct peer v6_peer(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return (struct peer){{{htonl(a), htonl(b), htonl(c), htonl(d)}}, htons(5353)};
}

/* The sets: each function returns its i-th peer. All peers of a set differ. */
static struct peer random_v4(uint32_t i)
{
	struct dice dice = {i};

	return v4_peer((uint32_t)dice_roll(&dice), (uint16_t)dice_roll(&dice));
}

static struct peer random_v6(uint32_t i)
{
	struct dice dice = {i};
	struct peer peer = {.port = htons(53)};

	dice_fill(&dice, &peer.addr, sizeof(peer.addr));
	return peer;
}

static struct peer v4_neighbours(uint32_t i)
{
	return v4_peer(0x0a000000 + i, 53);
}

static struct peer v4_same_low_half(uint32_t i)
{
	return v4_peer(i << 16 | 0x1234, 53);
}

static struct peer v4_stride(uint32_t i)
{
	return v4_peer(0x01000000 + i * 0x10001, 53);
}

static struct peer v4_ports(uint32_t i)
{
	return v4_peer(0xc0000201, (uint16_t)(i * 16 + 1));
}

static struct peer v4_address_against_port(uint32_t i)
{
	return v4_peer(0x0a000000 + i, (uint16_t)(60000 - i));
}

static struct peer v6_neighbours(uint32_t i)
{
	return v6_peer(0x20010db8, 0, 0, i);
}

static struct peer v6_prefixes(uint32_t i)
{
	return v6_peer(0x20010000 + i, 0, 0, 1);
}

static struct peer v6_same_low_half(uint32_t i)
{
	return v6_peer(0x20010db8, i << 16 | 7, i << 16 | 7, i << 16 | 7);
}

/* Pairs with the same words in another order; sums and exclusive ors of the words are equal. */
static struct peer v6_swapped(uint32_t i)
{
	uint32_t a = 0x20010db8 + i / 2, b = 0x20020000 + 3 * (i / 2);

	return i % 2 == 0 ? v6_peer(a, b, 1, 2) : v6_peer(b, a, 1, 2);
}

static struct peer v6_same_sum(uint32_t i)
{
	return v6_peer(0x20010db8, i, 0x00100000 - i, 0);
}

static struct peer v6_same_xor(uint32_t i)
{
	return v6_peer(0x20010db8, i << 12, 0, i << 12);
}

static struct peer v6_scopes(uint32_t i)
{
	return (struct peer){{{htonl(0xfe800000), i + 1, 0, htonl(1)}}, htons(5353)};
}

static const struct set {
	const char *name;
	struct peer (*peer)(uint32_t i);
} sets[] = {
	{"random IPv4", random_v4},
	{"random IPv6", random_v6},
	{"IPv4 neighbours", v4_neighbours},
	{"IPv4 with equal low halves", v4_same_low_half},
	{"IPv4 at a stride", v4_stride},
	{"ports of one IPv4 address", v4_ports},
	{"IPv4 addresses up, ports down", v4_address_against_port},
	{"IPv6 neighbours", v6_neighbours},
	{"IPv6 prefixes", v6_prefixes},
	{"IPv6 with equal low halves", v6_same_low_half},
	{"IPv6 with swapped words", v6_swapped},
	{"IPv6 with equal sums of words", v6_same_sum},
	{"IPv6 with equal exclusive ors of words", v6_same_xor},
	{"scopes of one link-local address", v6_scopes},
};

/* Pearson's statistic; its average for random buckets is BUCKETS - 1. */
static double chi_square(const struct hash_key *key, const struct peer *peers, uint32_t count)
{
	const double expected = (double)count / BUCKETS;
	unsigned int load[BUCKETS] = {0};
	double sum = 0;

	for (uint32_t i = 0; i < count; i++)
		load[bucket_of(key, &peers[i])]++;
	for (int i = 0; i < BUCKETS; i++)
		sum += ((double)load[i] - expected) * ((double)load[i] - expected) / expected;
	return sum;
}

/* Random buckets exceed the bound once in many millions of keys. A hash that is only strongly
 * universal would be right on average over the keys, but put regular sets, such as a network's
 * neighbours, into few buckets under one key in a hundred. */
static void check_spread(const char *name, const struct peer *peers, uint32_t count)
{
	struct dice dice = {20240601};
	double worst = 0;
	int bad = 0;

	for (int i = 0; i < KEYS; i++) {
		struct hash_key key = dice_key(&dice);
		double chi = chi_square(&key, peers, count);

		bad += chi > 1.5 * BUCKETS;
		worst = chi > worst ? chi : worst;
	}
	if (bad > 0)
		fail_msg("%s: %d keys of %d bad, chi-square up to %.0f", name, bad, KEYS, worst);
}

static void chosen_peers_spread_like_random_ones(void **state)
{
	static struct peer peers[SET];

	(void)state;
	for (size_t s = 0; s < LENGTH(sets); s++) {
		for (uint32_t i = 0; i < SET; i++)
			peers[i] = sets[s].peer(i);
		check_spread(sets[s].name, peers, SET);
	}
}

/* An attacker with a table of the default size, and so a key, looks for peers that all fall into
 * one bucket of it. */
enum { COLLIDING = 1024, HIS_BUCKETS = 4096 };

static void collide(const struct hash_key *his, const struct set *set, struct peer *ret_peers)
{
	const struct peer victim = set->peer(0);
	uint32_t bucket = hash_of(his, &victim) % HIS_BUCKETS;
	uint32_t found = 0;

	for (uint32_t i = 0; found < COLLIDING; i++) {
		struct peer peer = set->peer(i);

		if (hash_of(his, &peer) % HIS_BUCKETS == bucket)
			ret_peers[found++] = peer;
	}
}

/* These peers do not collide under other keys. */
static void peers_that_collide_under_one_key_spread_under_others(void **state)
{
	static const struct set many[] = {
		{"random IPv4", random_v4},
		{"random IPv6", random_v6},
		{"IPv4 neighbours", v4_neighbours},
		{"IPv6 neighbours", v6_neighbours},
		{"IPv6 prefixes", v6_prefixes},
		{"scopes of one link-local address", v6_scopes},
	};
	static struct peer peers[COLLIDING];
	struct dice dice = {6};

	(void)state;
	for (size_t s = 0; s < LENGTH(many); s++) {
		struct hash_key his = dice_key(&dice);

		collide(&his, &many[s], peers);
		assert_true(chi_square(&his, peers, COLLIDING) > 200.0 * BUCKETS);
		check_spread(many[s].name, peers, COLLIDING);
	}
}

/* The number of keys, of many, under which the set's peers i and j share a bucket. */
enum { PAIR_KEYS = 20000 };

static int count_collisions(const struct set *set, uint32_t i, uint32_t j)
{
	struct peer a = set->peer(i), b = set->peer(j);
	struct dice dice = {i * SET + j};
	int collisions = 0;

	for (int n = 0; n < PAIR_KEYS; n++) {
		struct hash_key key;

		for (size_t k = 0; k < LENGTH(key.k); k++)
			key.k[k] = dice_roll(&dice);
		collisions += bucket_of(&key, &a) == bucket_of(&key, &b);
	}
	return collisions;
}

/* The bound for an attacker who wants a victim's bucket: 78 collisions are expected by chance, and
 * 131 are six standard deviations above that. */
static void no_pair_collides_more_often_than_chance(void **state)
{
	static const uint32_t pairs[][2] = {
		{0, 1}, {2, 3}, {0, 2}, {1, 1024}, {0, 2048}, {100, 4095}};

	(void)state;
	for (size_t i = 0; i < LENGTH(sets); i++) {
		for (size_t p = 0; p < LENGTH(pairs); p++) {
			int collisions = count_collisions(&sets[i], pairs[p][0], pairs[p][1]);

			if (collisions > 131)
				fail_msg("%s: peers %u and %u collided %d times in %d",
					sets[i].name, pairs[p][0], pairs[p][1], collisions,
					PAIR_KEYS);
		}
	}
}

/* The buckets under one key do not predict those under another. */
static void another_key_places_otherwise(void **state)
{
	struct dice dice = {7};
	struct hash_key a = dice_key(&dice), b = dice_key(&dice);

	(void)state;
	for (size_t s = 0; s < LENGTH(sets); s++) {
		int same = 0;

		for (uint32_t i = 0; i < SET; i++) {
			struct peer peer = sets[s].peer(i);

			same += bucket_of(&a, &peer) == bucket_of(&b, &peer);
		}
		/* 16 are expected by chance. */
		if (same > SET / 16)
			fail_msg("%s: %d of %d stay where they were", sets[s].name, same, SET);
	}
}

static void the_same_key_places_the_same(void **state)
{
	struct dice dice = {8};
	struct hash_key key = dice_key(&dice), copy = key;

	(void)state;
	for (uint32_t i = 0; i < SET; i++) {
		struct peer peer = random_v6(i);

		assert_int_equal(bucket_of(&key, &peer), bucket_of(&copy, &peer));
	}
}

/* A peer is found in each form in which a socket presents it. */
static void v4_and_v4_mapped_are_one_peer(void **state)
{
	struct dice dice = {9};
	struct hash_key key = dice_key(&dice);
	struct peer plain = v4_peer(0xc0000201, 53);
	struct peer mapped = v6_peer(0, 0, 0xffff, 0xc0000201);

	(void)state;
	mapped.port = plain.port;
	assert_int_equal(bucket_of(&key, &plain), bucket_of(&key, &mapped));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_peers_spread_like_random_ones),
		cmocka_unit_test(peers_that_collide_under_one_key_spread_under_others),
		cmocka_unit_test(no_pair_collides_more_often_than_chance),
		cmocka_unit_test(another_key_places_otherwise),
		cmocka_unit_test(the_same_key_places_the_same),
		cmocka_unit_test(v4_and_v4_mapped_are_one_peer),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
