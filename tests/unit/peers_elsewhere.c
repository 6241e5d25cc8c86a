/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one socket has learned about a peer, looked up by another: TFTP servers answer from a fresh
 * socket. Only sockets that may be followed count, and only for a few seconds.
 */
#include "table.h"

enum { NOW_S = 10 };

static void learn_on(const struct peers *peers, uint32_t n, uint32_t socket, uint32_t k,
	uint32_t now_s, bool may_be_followed)
{
	const struct source source = sample_source(n, k);
	struct peer_key peer_key = sample_key(n);

	peer_key.socket = socket;
	peers_learn(peers, &peer_key, &source, may_be_followed, now_s);
}

static bool is_found_elsewhere(const struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	const struct source expected = sample_source(n, k);
	struct source found;

	return find_elsewhere(peers, n, now_s, &found) && source_is_equal(&found, &expected);
}

static bool is_anything_found(const struct peers *peers, uint32_t n, uint32_t now_s)
{
	struct source before = sample_source(9, 9), found = before;
	bool is_found = find_elsewhere(peers, n, now_s, &found);

	assert_int_equal(is_found, !source_is_equal(&found, &before));
	return is_found;
}

static void is_found_whatever_the_socket(void **state)
{
	const struct peers *peers = make_table(1024);

	(void)state;
	for (uint32_t socket = 0; socket < 100; socket++) {
		learn_on(peers, socket, socket * 7, 1, NOW_S, true);
		assert_true(is_found_elsewhere(peers, socket, 1, NOW_S));
	}
}

static void another_peer_is_not(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	assert_false(is_anything_found(peers, 2, NOW_S));
	learn_on(peers, 1, 69, 1, NOW_S, true);
	assert_false(is_anything_found(peers, 2, NOW_S));
}

/* All of an address and the port make the peer, and not the socket. */
static void another_port_is_another_peer(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct source found;

	(void)state;
	learn_on(peers, 1, 69, 1, NOW_S, true);
	for (int word = 0; word < 6; word++) {
		struct peer_key other = sample_key(1);

		if (word < 4)
			other.addr.word[word] ^= htonl(1);
		else if (word == 4)
			other.port ^= 1;
		else
			other.socket ^= 1;
		assert_int_equal(peers_find_elsewhere(peers, &other, NOW_S, &found), word == 5);
	}
}

static void the_latest_counts(void **state)
{
	const struct peers *peers = make_table(64);

	(void)state;
	learn_on(peers, 1, 69, 1, NOW_S, true);
	learn_on(peers, 1, 53, 2, NOW_S + 2, true);
	learn_on(peers, 1, 123, 3, NOW_S + 1, true);
	assert_true(is_found_elsewhere(peers, 1, 2, NOW_S + 2));
}

static void only_sockets_that_may_be_followed_count(void **state)
{
	const struct peers *peers = make_table(64);

	(void)state;
	learn_on(peers, 1, 69, 1, NOW_S, false);
	assert_false(is_anything_found(peers, 1, NOW_S));
	learn_on(peers, 1, 53, 2, NOW_S, true);
	learn_on(peers, 1, 69, 1, NOW_S + 1, false);
	assert_true(is_found_elsewhere(peers, 1, 2, NOW_S + 1));
	/* It may become one that may be followed, and stop being one. */
	learn_on(peers, 1, 69, 1, NOW_S + 1, true);
	assert_true(is_found_elsewhere(peers, 1, 1, NOW_S + 1));
	learn_on(peers, 1, 69, 1, NOW_S + 1, false);
	assert_true(is_found_elsewhere(peers, 1, 2, NOW_S + 1));
}

static void it_counts_for_a_few_seconds(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	learn_on(peers, 1, 69, 1, NOW_S, true);
	assert_true(is_anything_found(peers, 1, NOW_S + PEERS_FOLLOW_S));
	assert_false(is_anything_found(peers, 1, NOW_S + PEERS_FOLLOW_S + 1));
	/* A new request makes it count again, but never longer than a peer is remembered. */
	learn_on(peers, 1, 69, 1, NOW_S + 100, true);
	assert_true(is_anything_found(peers, 1, NOW_S + 100 + PEERS_FOLLOW_S));
	peers = make_table_with(ONE_BUCKET, 2, 1);
	learn_on(peers, 1, 69, 1, NOW_S, true);
	assert_true(is_anything_found(peers, 1, NOW_S + 2));
	assert_false(is_anything_found(peers, 1, NOW_S + 3));
}

static void is_forgotten_on_all_sockets_that_may_be_followed(void **state)
{
	const struct peers *peers = make_table(64);
	const struct peer_key peer_key = sample_key(1);

	(void)state;
	learn_on(peers, 1, 69, 1, NOW_S, true);
	learn_on(peers, 1, 54, 2, NOW_S, true);
	learn_on(peers, 1, peer_key.socket, 3, NOW_S, false);
	learn_on(peers, 2, 69, 1, NOW_S, true);
	peers_forget_elsewhere(peers, &peer_key);
	assert_false(is_anything_found(peers, 1, NOW_S));
	assert_found(peers, 1, 3, NOW_S);
	assert_true(is_found_elsewhere(peers, 2, 1, NOW_S));
	/* And learned again. */
	learn_on(peers, 1, 69, 3, NOW_S + 1, true);
	assert_true(is_found_elsewhere(peers, 1, 3, NOW_S + 1));
}

/* The hint may be wrong about a forgotten peer, never about a known one. */
static void a_known_peer_is_hinted_at(void **state)
{
	const struct peers *peers = make_table(64);
	struct peer_key peer_key = sample_key(1);

	(void)state;
	assert_false(peers_know(peers, &peer_key));
	learn(peers, 1, 0, NOW_S);
	for (peer_key.socket = 0; peer_key.socket < 20; peer_key.socket++)
		assert_true(peers_know(peers, &peer_key));
	forget(peers, 1);
	assert_false(peers_know(peers, &peer_key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_found_whatever_the_socket),
		cmocka_unit_test(another_peer_is_not),
		cmocka_unit_test(another_port_is_another_peer),
		cmocka_unit_test(the_latest_counts),
		cmocka_unit_test(only_sockets_that_may_be_followed_count),
		cmocka_unit_test(it_counts_for_a_few_seconds),
		cmocka_unit_test(is_forgotten_on_all_sockets_that_may_be_followed),
		cmocka_unit_test(a_known_peer_is_hinted_at),
	};

	return cmocka_run_group_tests_name("peers_elsewhere", tests, NULL, free_table);
}
