/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The thread's last datagram against a table that others write too: what this thread has yet to
 * answer leaves from where it was received; what it has answered counts only as long as the table
 * says the same, for an answer may be to what another thread or process received.
 */
#include "core/choose.h"

#include "table.h"

enum { NOW_S = 1000 };

static struct knowledge known;

static void begin(uint32_t entries)
{
	recent = (struct recent){.generation = RECENT_EMPTY};
	known = (struct knowledge){.expiry_s = EXPIRY_S};
	if (entries > 0)
		known.peers = make_table(entries);
}

/* The n-th peer asks this thread at the k-th source. */
static void receive(uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	choose_learn(&known, &peer.addr.sa, peer.len, peer.our_port, &source, NOW_S);
}

/* The same asks another thread or process. */
static void receive_elsewhere(uint32_t n, uint32_t k)
{
	learn(known.peers, n, k, NOW_S);
}

static void assert_answer(uint32_t n, uint32_t k, enum choice by)
{
	struct sample_peer peer = sample_peer(n);
	struct source chosen = {0}, expected = sample_source(n, k);
	enum choice choice =
		choose_source(&known, &peer.addr.sa, peer.len, peer.our_port, NOW_S, &chosen);

	assert_int_equal(choice, by);
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static void what_is_unanswered_comes_first(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	receive(1, 0);
	receive_elsewhere(1, 1);
	assert_answer(1, 0, CHOICE_RECENT);
	assert_answer(1, 0, CHOICE_RECENT);
}

static void once_answered_others_may_know_better(void **state)
{
	(void)state;
	begin(16);
	for (uint32_t k = 0; k < 5; k++) {
		receive(1, k);
		assert_answer(1, k, CHOICE_RECENT);
		receive_elsewhere(1, 100 + k);
		assert_answer(1, 100 + k, CHOICE_TABLE);
		assert_answer(1, 100 + k, CHOICE_TABLE);
	}
}

static void one_request_may_have_many_answers(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	for (int i = 0; i < 100; i++)
		assert_answer(1, 0, CHOICE_RECENT);
	receive_elsewhere(1, 0);
	assert_answer(1, 0, CHOICE_RECENT);
}

static void a_flood_pushes_nothing_out_here(void **state)
{
	(void)state;
	begin(ONE_BUCKET);
	receive(1, 0);
	for (uint32_t n = 2; n < 100; n++)
		receive_elsewhere(n, 0);
	assert_false(is_known(known.peers, 1, NOW_S));
	for (int i = 0; i < 3; i++)
		assert_answer(1, 0, CHOICE_RECENT);
}

static void a_writer_that_died_takes_nothing_away_here(void **state)
{
	(void)state;
	begin(ONE_BUCKET);
	receive(1, 0);
	kill_writer_of(&recent.place);
	for (int i = 0; i < 3; i++)
		assert_answer(1, 0, CHOICE_RECENT);
	/* Another's news stand in another entry; the dead one's is as if it were not there. */
	receive_elsewhere(1, 7);
	assert_answer(1, 7, CHOICE_TABLE);
}

static void without_a_table_there_is_nobody_else(void **state)
{
	(void)state;
	begin(0);
	receive(1, 0);
	for (int i = 0; i < 3; i++)
		assert_answer(1, 0, CHOICE_RECENT);
}

/* A forked child starts from the table, which its parent's news reach. */
static int answer_in_child(void)
{
	struct sample_peer peer = sample_peer(1);
	struct source chosen, expected = sample_source(1, 1);

	choose_begin_child();
	receive_elsewhere(1, 1);
	CHECK(choose_source(&known, &peer.addr.sa, peer.len, peer.our_port, NOW_S, &chosen) ==
		CHOICE_TABLE);
	CHECK(source_is_equal(&chosen, &expected));
	return 0;
}

static void a_child_does_not_answer_what_its_parent_did(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	assert_int_equal(run_in_child(answer_in_child), 0);
	assert_answer(1, 0, CHOICE_RECENT);
	assert_answer(1, 1, CHOICE_TABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_unanswered_comes_first),
		cmocka_unit_test(once_answered_others_may_know_better),
		cmocka_unit_test(one_request_may_have_many_answers),
		cmocka_unit_test(a_flood_pushes_nothing_out_here),
		cmocka_unit_test(a_writer_that_died_takes_nothing_away_here),
		cmocka_unit_test(without_a_table_there_is_nobody_else),
		cmocka_unit_test(a_child_does_not_answer_what_its_parent_did),
	};

	return cmocka_run_group_tests_name("choose_shared", tests, NULL, free_table);
}
