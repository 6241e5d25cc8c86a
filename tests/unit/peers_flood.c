/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table while new entries evict others. Within one second all have one age: the last peer
 * to come stays longest, so a batch can still be answered. One peer with many sockets evicts its
 * own.
 */
#include "table.h"

enum { FLOOD = 1000, NOW_S = 10 };

/* Counts the known keys before n, from the last one backwards. */
static uint32_t count_known_before(const struct peers *peers, uint32_t n)
{
	uint32_t count = 0;

	while (count < n && is_known(peers, n - 1 - count, NOW_S))
		count++;
	return count;
}

static void a_bucket_keeps_those_who_came_last(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < FLOOD; n++) {
		learn(peers, n, n, NOW_S);
		if (n >= PEERS_WAYS)
			assert_int_equal(count_known_before(peers, n + 1), PEERS_WAYS);
	}
}

/* The order of eviction does not depend on the counter's start, nor on repeated requests. */
static void those_who_ask_again_do_not_go_first(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < FLOOD; n++) {
		learn(peers, n, n, NOW_S);
		learn(peers, n, n, NOW_S);
		learn(peers, n, n + 1, NOW_S);
		assert_found(peers, n, n + 1, NOW_S);
		if (n > 0)
			assert_true(is_known(peers, n - 1, NOW_S));
	}
}

static void a_dead_writer_does_not_stop_the_turns(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, FLOOD, 0, NOW_S);

	(void)state;
	kill_writer_of(&place);
	for (uint32_t n = 0; n < FLOOD; n++) {
		learn(peers, n, n, NOW_S);
		assert_in_range(count_known_before(peers, n + 1), 1, PEERS_WAYS - 1);
	}
}

/* Five of one batch share a bucket once in thousands of millions of batches. */
static void a_batch_can_be_answered(void **state)
{
	enum { CAPACITY = 16384, BATCH = 64, BATCHES = 10000 };
	const struct peers *peers = make_table(CAPACITY);
	uint32_t lost = 0;

	(void)state;
	for (uint32_t batch = 0; batch < (uint32_t)runs(BATCHES); batch++) {
		for (uint32_t i = 0; i < BATCH; i++)
			learn(peers, batch * BATCH + i, i, NOW_S);
		for (uint32_t i = 0; i < BATCH; i++)
			lost += !is_known(peers, batch * BATCH + i, NOW_S);
	}
	assert_int_equal(lost, 0);
}

/* A resolver asks one server from a new socket each time, while its clients wait: what it learns of
 * the server evicts no client. */
static void many_sockets_of_a_peer_evict_no_other(void **state)
{
	enum { SERVER = 99, CLIENTS = PEERS_WAYS - 2, QUERIES = 100 };
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peer_key server = sample_key(SERVER);
	struct source source = sample_source(1, 0);

	(void)state;
	for (uint32_t n = 0; n < CLIENTS; n++)
		learn(peers, n, n, 10);
	for (uint32_t i = 0; i < QUERIES; i++) {
		server.socket = i;
		peers_learn(peers, &server, &source, true, 10 + i);
		assert_source(peers, &server, 10 + i, &source);
	}
	for (uint32_t n = 0; n < CLIENTS; n++)
		assert_found(peers, n, n, 10 + QUERIES);
}

/* But the second socket of a peer takes the place of the oldest entry, whose ever that is. */
static void two_sockets_of_a_peer_have_two_places(void **state)
{
	enum { SERVER = 99, CLIENTS = PEERS_WAYS - 1 };
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peer_key server = sample_key(SERVER);
	struct source source = sample_source(1, 0);

	(void)state;
	for (uint32_t n = 0; n < CLIENTS; n++)
		learn(peers, n, n, 10 + n);
	for (server.socket = 1; server.socket <= 2; server.socket++)
		peers_learn(peers, &server, &source, true, 100 + server.socket);
	for (server.socket = 1; server.socket <= 2; server.socket++)
		assert_source(peers, &server, 103, &source);
	assert_false(is_known(peers, 0, 103));
	for (uint32_t n = 1; n < CLIENTS; n++)
		assert_found(peers, n, n, 103);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_keeps_those_who_came_last),
		cmocka_unit_test(those_who_ask_again_do_not_go_first),
		cmocka_unit_test(a_dead_writer_does_not_stop_the_turns),
		cmocka_unit_test(a_batch_can_be_answered),
		cmocka_unit_test(many_sockets_of_a_peer_evict_no_other),
		cmocka_unit_test(two_sockets_of_a_peer_have_two_places),
	};

	return cmocka_run_group_tests_name("peers_flood", tests, NULL, free_table);
}
