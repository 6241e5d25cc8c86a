/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two memories together: the thread's last datagram first, then the table; what is learnt
 * reaches both and what is forgotten leaves both, also where a signal handler comes between.
 */
#include "core/choose.h"

#include "unit.h"

#include "interrupt.h"

#include <pthread.h>

enum { EXPIRY_S = 300, CAPACITY = 64 };

/* Set anew before each test. */
static _Alignas(64) unsigned char memory[8192];
static struct knowledge known;
static const struct knowledge without_table = {NULL, EXPIRY_S, 1000};

static int start_anew(void **state)
{
	struct dice dice = {1};
	struct hash_key key = dice_key(&dice);

	(void)state;
	assert_true(peers_size(CAPACITY) <= sizeof(memory));
	memset(memory, 0, sizeof(memory));
	recent = (struct recent){0};
	known = (struct knowledge){
		peers_format(memory, CAPACITY, EXPIRY_S, &key), EXPIRY_S, 1000};
	return 0;
}

static void learn(const struct knowledge *in, uint32_t n, uint32_t k)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	choose_learn(in, &asker, &source);
}

static void assert_chosen(const struct knowledge *in, uint32_t n, uint32_t k)
{
	struct asker asker = sample_asker(n);
	struct source chosen, expected = sample_source(n, k);

	assert_true(choose_source(in, &asker, &chosen));
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static void assert_not_chosen(const struct knowledge *in, uint32_t n)
{
	struct asker asker = sample_asker(n);
	struct source before = sample_source(9, 9), chosen = before;

	assert_false(choose_source(in, &asker, &chosen));
	assert_memory_equal(&chosen, &before, sizeof(chosen));
}

static void learns_for_both_memories(void **state)
{
	struct asker asker = sample_asker(1);
	struct source found;

	(void)state;
	assert_not_chosen(&known, 1);
	learn(&known, 1, 0);
	assert_chosen(&known, 1, 0);
	assert_true(recent_find(&asker, known.now_s, EXPIRY_S, &found));
	assert_true(peers_find(known.peers, &asker, known.now_s, &found));
}

/* Another thread has received from the same peer since; an answer to what this one received leaves
 * from where this one was asked. */
static void the_threads_last_datagram_comes_first(void **state)
{
	struct asker asker = sample_asker(1);
	struct source elsewhere = sample_source(1, 1);

	(void)state;
	learn(&known, 1, 0);
	peers_learn(known.peers, &asker, &elsewhere, known.now_s);
	assert_chosen(&known, 1, 0);
	learn(&known, 2, 0);
	assert_chosen(&known, 1, 1);
	assert_chosen(&known, 2, 0);
}

static void *choose_in_another_thread(void *arg)
{
	struct asker asker = sample_asker(1);

	if (!choose_source(&known, &asker, arg))
		memset(arg, 0, sizeof(struct source));
	return NULL;
}

static void another_thread_has_the_table(void **state)
{
	struct source chosen, expected = sample_source(1, 4);
	pthread_t thread;

	(void)state;
	learn(&known, 1, 4);
	assert_int_equal(pthread_create(&thread, NULL, choose_in_another_thread, &chosen), 0);
	pthread_join(thread, NULL);
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static void forgets_from_both_memories(void **state)
{
	struct asker first = sample_asker(1), second = sample_asker(2);

	(void)state;
	learn(&known, 1, 0);
	learn(&known, 2, 0);
	choose_forget(&known, &first);
	assert_not_chosen(&known, 1);
	assert_chosen(&known, 2, 0);
	choose_forget(&known, &second);
	assert_not_chosen(&known, 2);
	learn(&known, 2, 1);
	assert_chosen(&known, 2, 1);
}

static void without_a_table_the_last_datagram_serves(void **state)
{
	struct asker asker = sample_asker(2);

	(void)state;
	assert_not_chosen(&without_table, 1);
	learn(&without_table, 1, 0);
	assert_chosen(&without_table, 1, 0);
	learn(&without_table, 1, 1);
	assert_chosen(&without_table, 1, 1);
	learn(&without_table, 2, 0);
	assert_not_chosen(&without_table, 1);
	assert_chosen(&without_table, 2, 0);
	choose_forget(&without_table, &asker);
	assert_not_chosen(&without_table, 2);
}

static void both_memories_expire(void **state)
{
	(void)state;
	learn(&known, 1, 0);
	known.now_s += EXPIRY_S;
	assert_chosen(&known, 1, 0);
	known.now_s++;
	assert_not_chosen(&known, 1);
}

/* A peer that asks without pause is not told to the table each time, but it must not grow old in
 * there: its second datagram of a later second refreshes it. */
static void a_busy_peer_stays_young(void **state)
{
	(void)state;
	for (uint32_t second = 0; second < 2 * EXPIRY_S; second++) {
		learn(&known, 1, 0);
		learn(&known, 1, 0);
		known.now_s++;
	}
	learn(&known, 2, 0);
	assert_chosen(&known, 1, 0);
}

/* What was pushed out of the table comes back with the next datagram, in the same second too. */
static void what_the_table_lost_is_told_again(void **state)
{
	struct asker asker = sample_asker(1);
	struct source found;

	(void)state;
	learn(&known, 1, 0);
	peers_forget(known.peers, &asker);
	assert_false(peers_find(known.peers, &asker, known.now_s, &found));
	learn(&known, 1, 0);
	assert_true(peers_find(known.peers, &asker, known.now_s, &found));
}

/* Asker 1 asked at the first source and now asks at the second, while a handler receives from asker
 * 2 at the second source as well: what differs between the two is the asker alone. */
static void learn_at(uint32_t n, uint32_t place)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(0, place);

	choose_learn(&known, &asker, &source);
}

static void prepare_first_source(void)
{
	start_anew(NULL);
	learn_at(1, 1);
}

static void move_asker_1(void)
{
	learn_at(1, 2);
}

static void receive_from_asker_2(int signal)
{
	(void)signal;
	learn_at(2, 2);
}

static int judge_move(void)
{
	struct source second = sample_source(0, 2);

	for (uint32_t n = 1; n <= 2; n++) {
		struct asker asker = sample_asker(n);
		struct source chosen;

		if (!choose_source(&known, &asker, &chosen) || !source_is_equal(&chosen, &second))
			return 1;
	}
	return 0;
}

static void a_handler_may_receive_while_its_thread_learns(void **state)
{
	static const struct interruption receiving = {.flow = move_asker_1,
		.handler = receive_from_asker_2,
		.verdict = judge_move,
		.prepare = prepare_first_source};

	(void)state;
	assert_int_equal(interrupt_everywhere(&receiving), 0);
}

/* The thread answers asker 1 while a handler receives from asker 2. */
static struct source chosen_by_flow;

static void prepare_answer(void)
{
	start_anew(NULL);
	learn(&known, 1, 1);
}

static void answer_asker_1(void)
{
	struct asker asker = sample_asker(1);

	if (!choose_source(&known, &asker, &chosen_by_flow))
		chosen_by_flow = (struct source){.ifindex = 0};
}

static void receive_and_answer(int signal)
{
	struct asker asker = sample_asker(2);
	struct source ignored;

	(void)signal;
	learn(&known, 2, 1);
	choose_source(&known, &asker, &ignored);
}

static int judge_answer(void)
{
	struct source expected = sample_source(1, 1);

	return !source_is_equal(&chosen_by_flow, &expected);
}

static void a_handler_may_receive_while_its_thread_answers(void **state)
{
	static const struct interruption receiving = {.flow = answer_asker_1,
		.handler = receive_and_answer,
		.verdict = judge_answer,
		.prepare = prepare_answer};

	(void)state;
	assert_int_equal(interrupt_everywhere(&receiving), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(learns_for_both_memories, start_anew),
		cmocka_unit_test_setup(the_threads_last_datagram_comes_first, start_anew),
		cmocka_unit_test_setup(another_thread_has_the_table, start_anew),
		cmocka_unit_test_setup(forgets_from_both_memories, start_anew),
		cmocka_unit_test_setup(without_a_table_the_last_datagram_serves, start_anew),
		cmocka_unit_test_setup(both_memories_expire, start_anew),
		cmocka_unit_test_setup(a_busy_peer_stays_young, start_anew),
		cmocka_unit_test_setup(what_the_table_lost_is_told_again, start_anew),
		cmocka_unit_test(a_handler_may_receive_while_its_thread_learns),
		cmocka_unit_test(a_handler_may_receive_while_its_thread_answers),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
