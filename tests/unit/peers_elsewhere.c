/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one socket has learnt of a peer, asked for by another: TFTP servers answer from a fresh
 * socket.
 */
#include "table.h"

static struct asker asker_at(uint32_t n, in_port_t our_port)
{
	struct asker asker = sample_asker(n);

	asker.our_port = our_port;
	return asker;
}

static void learn_on_port(
	struct peers *peers, uint32_t n, in_port_t our_port, uint32_t k, uint32_t now_s)
{
	const struct asker asker = asker_at(n, our_port);
	const struct source source = sample_source(n, k);

	peers_learn(peers, &asker, &source, now_s);
}

static bool is_found_elsewhere(struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	const struct asker asker = asker_at(n, 0);
	const struct source expected = sample_source(n, k);
	struct source found;

	return peers_find_elsewhere(peers, &asker, now_s, &found) &&
	       memcmp(&found, &expected, sizeof(found)) == 0;
}

static void is_found_whatever_the_port(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	learn_on_port(peers, 1, htons(69), 1, 10);
	assert_true(is_found_elsewhere(peers, 1, 1, 10));
}

static void another_peer_is_not(void **state)
{
	const struct asker asker = asker_at(2, 0);
	struct peers *peers = make_table(ONE_BUCKET);
	struct source found;

	(void)state;
	learn_on_port(peers, 1, htons(69), 1, 10);
	assert_false(peers_find_elsewhere(peers, &asker, 10, &found));
}

static void the_latest_counts(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	learn_on_port(peers, 1, htons(69), 1, 10);
	learn_on_port(peers, 1, htons(53), 2, 12);
	learn_on_port(peers, 1, htons(123), 3, 11);
	assert_true(is_found_elsewhere(peers, 1, 2, 12));
}

static void it_expires(void **state)
{
	const struct asker asker = asker_at(1, 0);
	struct peers *peers = make_table(ONE_BUCKET);
	struct source found;

	(void)state;
	learn_on_port(peers, 1, htons(69), 1, 10);
	assert_true(peers_find_elsewhere(peers, &asker, 10 + EXPIRY_S, &found));
	assert_false(peers_find_elsewhere(peers, &asker, 11 + EXPIRY_S, &found));
}

static void is_forgotten_on_all_ports(void **state)
{
	const struct asker asker = asker_at(1, 0);
	struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	learn_on_port(peers, 1, htons(69), 1, 10);
	learn_on_port(peers, 1, htons(53), 2, 10);
	learn_on_port(peers, 2, htons(69), 1, 10);
	assert_false(peers_forget(peers, &asker));
	assert_true(is_found_elsewhere(peers, 1, 1, 10) || is_found_elsewhere(peers, 1, 2, 10));
	peers_forget_elsewhere(peers, &asker);
	assert_false(is_found_elsewhere(peers, 1, 1, 10) || is_found_elsewhere(peers, 1, 2, 10));
	assert_true(is_found_elsewhere(peers, 2, 1, 10));
	/* And learnt again. */
	learn_on_port(peers, 1, htons(69), 3, 11);
	assert_true(is_found_elsewhere(peers, 1, 3, 11));
}

static void an_empty_table_knows_nobody(void **state)
{
	const struct asker asker = asker_at(1, 0);
	struct peers *peers = make_table(ONE_BUCKET);
	struct source found;

	(void)state;
	assert_false(peers_find_elsewhere(peers, &asker, 10, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_found_whatever_the_port),
		cmocka_unit_test(another_peer_is_not),
		cmocka_unit_test(the_latest_counts),
		cmocka_unit_test(it_expires),
		cmocka_unit_test(is_forgotten_on_all_ports),
		cmocka_unit_test(an_empty_table_knows_nobody),
	};

	return cmocka_run_group_tests_name("peers_elsewhere", tests, NULL, NULL);
}
