/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The thread's last datagram and a table that others write too. A datagram that this thread has not
 * answered yet decides the source for a few seconds. After the answer it counts only as long as the
 * table agrees, because later answers may be to datagrams that another thread or process received.
 * Also sockets that answer requests to other sockets.
 */
#include "lookup.h"

enum { UNANSWERED_S = 5 };

static void what_is_unanswered_comes_first(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	receive(1, 0);
	receive_elsewhere(1, 1);
	now_s += UNANSWERED_S;
	assert_answer(1, 0, CHOICE_LAST);
	assert_answer(1, 1, CHOICE_TABLE);
}

/* A dropped request: the thread answers one that another thread received since. */
static void but_not_for_long(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	receive_elsewhere(1, 1);
	now_s += UNANSWERED_S + 1;
	assert_answer(1, 1, CHOICE_TABLE);
	assert_answer(1, 1, CHOICE_TABLE);
}

static void once_answered_others_may_know_better(void **state)
{
	(void)state;
	begin(16);
	for (uint32_t k = 0; k < 5; k++) {
		receive(1, k);
		assert_answer(1, k, CHOICE_LAST);
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
	assert_answer(1, 0, CHOICE_LAST);
	for (int i = 0; i < 100; i++)
		assert_answer(1, 0, CHOICE_TABLE);
	/* The same request again in the same second counts as unanswered again. */
	receive(1, 0);
	assert_answer(1, 0, CHOICE_LAST);
}

static void a_flood_pushes_nothing_out_here(void **state)
{
	(void)state;
	begin(ONE_BUCKET);
	receive(1, 0);
	for (uint32_t n = 2; n < 100; n++)
		receive_elsewhere(n, 0);
	assert_false(is_known(&table, 1, now_s));
	for (int i = 0; i < 3; i++)
		assert_answer(1, 0, CHOICE_LAST);
	now_s += EXPIRY_S;
	assert_answer(1, 0, CHOICE_LAST);
	now_s++;
	assert_no_answer(1);
}

static void a_writer_that_died_takes_nothing_away_here(void **state)
{
	(void)state;
	begin(ONE_BUCKET);
	receive(1, 0);
	kill_writer_of(&last_peer.place);
	for (int i = 0; i < 3; i++)
		assert_answer(1, 0, CHOICE_LAST);
	/* Another thread's news are in another entry; the dead writer's entry is ignored. */
	receive_elsewhere(1, 7);
	assert_answer(1, 7, CHOICE_TABLE);
}

/* A forked child finds what its parent learns after the fork, and the other way round. */
static int answer_in_child(void)
{
	struct sample_peer peer = sample_peer(1);
	struct source chosen, expected = sample_source(1, 1);

	receive_elsewhere(1, 1);
	CHECK(answer_to(&peer, false, &chosen) == CHOICE_TABLE);
	CHECK(source_is_equal(&chosen, &expected));
	receive(2, 3);
	return 0;
}

static void processes_share_what_they_learn(void **state)
{
	(void)state;
	begin(16);
	receive(1, 0);
	assert_answer(1, 0, CHOICE_LAST);
	assert_int_equal(run_in_child(answer_in_child), 0);
	assert_answer(1, 1, CHOICE_TABLE);
	assert_answer(2, 3, CHOICE_TABLE);
}

/* The n-th peer as a socket sees it that it did not ask. */
static struct sample_peer peer_at_another_socket(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);

	peer.socket = 77;
	return peer;
}

static enum choice follow(uint32_t n, uint32_t k, bool follows)
{
	struct sample_peer peer = peer_at_another_socket(n);
	struct source chosen, expected = sample_source(n, k);
	enum choice choice = answer_to(&peer, follows, &chosen);

	assert_true(choice == CHOICE_NONE || source_is_equal(&chosen, &expected));
	return choice;
}

static void only_those_that_may_follow_do(void **state)
{
	(void)state;
	begin(64);
	receive(1, 0);
	assert_int_equal(follow(1, 0, false), CHOICE_NONE);
	assert_int_equal(follow(2, 0, true), CHOICE_NONE);
	assert_int_equal(follow(1, 0, true), CHOICE_ELSEWHERE);
	/* A request to this socket takes precedence. */
	receive(1, 3);
	assert_int_equal(follow(1, 0, true), CHOICE_TABLE);
	now_s += PEERS_FOLLOW_S + 1;
	receive(2, 0);
	now_s += PEERS_FOLLOW_S;
	assert_int_equal(follow(2, 0, true), CHOICE_ELSEWHERE);
}

static void it_is_too_late_to_follow(void **state)
{
	(void)state;
	begin(64);
	receive(1, 0);
	now_s += PEERS_FOLLOW_S + 1;
	assert_int_equal(follow(1, 0, true), CHOICE_NONE);
}

/* A transfer may last: from the first answer on, this socket knows the source itself. But a third
 * socket must not follow it. */
static void what_was_followed_is_known(void **state)
{
	struct sample_peer third = sample_peer(1);
	struct source chosen;

	(void)state;
	begin(64);
	receive(1, 0);
	now_s += PEERS_FOLLOW_S;
	assert_int_equal(follow(1, 0, true), CHOICE_ELSEWHERE);
	now_s++;
	third.socket = 78;
	assert_int_equal(answer_to(&third, true, &chosen), CHOICE_NONE);
	now_s += EXPIRY_S - 1;
	assert_int_equal(follow(1, 0, false), CHOICE_TABLE);
	now_s++;
	assert_int_equal(follow(1, 0, false), CHOICE_NONE);
}

/* The kernel refuses a source that another socket has learned: it must not be used again. */
static void what_was_followed_is_forgotten_there(void **state)
{
	struct sample_peer peer = peer_at_another_socket(1);

	(void)state;
	begin(64);
	receive_elsewhere(1, 0);
	assert_int_equal(follow(1, 0, true), CHOICE_ELSEWHERE);
	fail_parse(&peer, true);
	assert_int_equal(follow(1, 0, true), CHOICE_NONE);
	receive_elsewhere(1, 2);
	assert_int_equal(follow(1, 2, true), CHOICE_ELSEWHERE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_unanswered_comes_first),
		cmocka_unit_test(but_not_for_long),
		cmocka_unit_test(once_answered_others_may_know_better),
		cmocka_unit_test(one_request_may_have_many_answers),
		cmocka_unit_test(a_flood_pushes_nothing_out_here),
		cmocka_unit_test(a_writer_that_died_takes_nothing_away_here),
		cmocka_unit_test(processes_share_what_they_learn),
		cmocka_unit_test(only_those_that_may_follow_do),
		cmocka_unit_test(it_is_too_late_to_follow),
		cmocka_unit_test(what_was_followed_is_known),
		cmocka_unit_test(what_was_followed_is_forgotten_there),
	};

	return cmocka_run_group_tests_name("select_shared", tests, NULL, free_table);
}
