/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process is killed at each instruction of each operation on the table, in turn. Whatever state
 * that leaves, other processes still work: none waits, none finds another peer's source, and the
 * peer of that entry can be learned, found and forgotten as before. Even if every entry of a bucket
 * is left half-written, a lookup returns, with no result.
 */
#include "interrupt.h"
#include "table.h"

enum { VICTIM = 1, BYSTANDER = 0, NEWCOMER = 50, NOW_S = 20, LATER_S = 40 };

static const struct peers *shared;

static int end_hangs(void **state)
{
	(void)state;
	alarm(300);
	return 0;
}

/* ---- The operations
 * ---------------------------------------------------------------------------- */

static void begin(void)
{
	shared = make_table(ONE_BUCKET);
	learn(shared, BYSTANDER, 0, NOW_S);
}

static void begin_known(void)
{
	begin();
	learn(shared, VICTIM, 0, NOW_S);
}

static void learn_first(void)
{
	learn(shared, VICTIM, 0, NOW_S);
}

static void learn_again(void)
{
	learn(shared, VICTIM, 0, NOW_S + 1);
}

static void learn_change(void)
{
	learn(shared, VICTIM, 1, NOW_S);
}

static void answer(void)
{
	struct source ignored;

	find(shared, VICTIM, NOW_S, &ignored);
}

static void forget_it(void)
{
	forget(shared, VICTIM);
}

static void forget_it_elsewhere(void)
{
	struct peer_key peer_key = sample_key(VICTIM);

	peer_key.socket = 99;
	peers_forget_elsewhere(shared, &peer_key);
}

/* ---- After a kill
 * ------------------------------------------------------------------------------ */

static bool finds(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct source found, expected = sample_source(n, k);

	return find(shared, n, now_s, &found) && source_is_equal(&found, &expected);
}

static bool finds_elsewhere(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct source found, expected = sample_source(n, k);

	return find_elsewhere(shared, n, now_s, &found) && source_is_equal(&found, &expected);
}

static int judge_others(void)
{
	struct source found;

	CHECK(count_odd() <= 1);
	CHECK(finds(BYSTANDER, 0, NOW_S));
	CHECK(finds_elsewhere(BYSTANDER, 0, NOW_S));
	CHECK(!find(shared, VICTIM, NOW_S, &found) || source_belongs_to(&found, VICTIM));
	return 0;
}

static int judge_the_same(void)
{
	for (uint32_t k = 5; k < 8; k++) {
		learn(shared, VICTIM, k, LATER_S + k);
		CHECK(finds(VICTIM, k, LATER_S + k));
		CHECK(finds_elsewhere(VICTIM, k, LATER_S + k));
	}
	forget(shared, VICTIM);
	CHECK(!is_known(shared, VICTIM, LATER_S));
	return 0;
}

static int judge_newcomer(void)
{
	learn(shared, NEWCOMER, 3, LATER_S);
	CHECK(finds(NEWCOMER, 3, LATER_S));
	return 0;
}

static int judge(void)
{
	return judge_others() != 0 || judge_the_same() != 0 || judge_newcomer() != 0;
}

static void dies_everywhere(void (*prepare)(void), void (*flow)(void))
{
	const struct interruption death = {.flow = flow, .verdict = judge, .prepare = prepare};

	assert_int_equal(interrupt_everywhere(&death), 0);
}

static void learning_a_new_peer(void **state)
{
	(void)state;
	dies_everywhere(begin, learn_first);
}

static void learning_the_same(void **state)
{
	(void)state;
	dies_everywhere(begin_known, learn_again);
}

static void learning_a_change(void **state)
{
	(void)state;
	dies_everywhere(begin_known, learn_change);
}

static void answering(void **state)
{
	(void)state;
	dies_everywhere(begin_known, answer);
}

static void forgetting(void **state)
{
	(void)state;
	dies_everywhere(begin_known, forget_it);
	dies_everywhere(begin_known, forget_it_elsewhere);
}

/* ---- Several kills
 * ----------------------------------------------------------------------------- */

static void all_entries_of_a_bucket(void **state)
{
	struct peers_place places[ONE_BUCKET];
	struct peer_key peer_key = sample_key(BYSTANDER);
	struct source before = sample_source(9, 9), found = before;

	(void)state;
	shared = make_table(ONE_BUCKET);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		places[n] = learn(shared, n, 0, NOW_S);
	for (uint32_t dead = 0; dead < ONE_BUCKET; dead++) {
		kill_writer_of(&places[dead]);
		/* The remaining entries serve any peer, including the killed writer's. */
		for (uint32_t n = 0; n < ONE_BUCKET; n++) {
			struct peers_place place = learn(shared, n, 2, LATER_S);

			assert_int_equal(place.seq == &peers_nowhere, dead == ONE_BUCKET - 1);
			assert_int_equal(is_known(shared, n, LATER_S), dead < ONE_BUCKET - 1);
		}
		for (uint32_t n = dead + 1; n < ONE_BUCKET; n++)
			forget(shared, n);
		for (uint32_t n = dead + 1; n < ONE_BUCKET; n++)
			places[n] = learn(shared, n, 0, NOW_S);
	}
	assert_int_equal(count_odd(), ONE_BUCKET);
	assert_false(peers_find(shared, &peer_key, LATER_S, &found));
	assert_false(peers_find_elsewhere(shared, &peer_key, LATER_S, &found));
	peers_forget(shared, &peer_key);
	assert_memory_equal(&found, &before, sizeof(found));
	assert_int_equal(count_odd(), ONE_BUCKET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learning_a_new_peer),
		cmocka_unit_test(learning_the_same),
		cmocka_unit_test(learning_a_change),
		cmocka_unit_test(answering),
		cmocka_unit_test(forgetting),
		cmocka_unit_test(all_entries_of_a_bucket),
	};

	return cmocka_run_group_tests_name("peers_killed", tests, end_hangs, free_table);
}
