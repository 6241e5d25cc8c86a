/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The thread's memory of its last datagram: the last and no other, whole or not at all, also where
 * signal handlers come between.
 */
#include "core/recent.h"

#include "unit.h"

#include "interrupt.h"

#include <pthread.h>
#include <signal.h>

enum { EXPIRY_S = 300, NOW_S = 1000 };

static const struct peers_place nowhere = {NULL, 0};

static void learn(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	recent_learn(&asker, &source, &nowhere, now_s);
}

static bool find(uint32_t n, uint32_t now_s, struct source *ret)
{
	struct asker asker = sample_asker(n);

	return recent_find(&asker, now_s, EXPIRY_S, ret);
}

static bool is_known(uint32_t n, uint32_t now_s)
{
	struct source ignored;

	return find(n, now_s, &ignored);
}

static void forget(uint32_t n)
{
	struct asker asker = sample_asker(n);

	recent_forget(&asker);
}

static void assert_found(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct source found, expected = sample_source(n, k);

	assert_true(find(n, now_s, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
}

static int empty(void **state)
{
	(void)state;
	recent = (struct recent){0};
	return 0;
}

/* All zeroes is what an asker that nobody ever was looks like, too. */
static void knows_nothing_at_first(void **state)
{
	const struct asker zeroes = {.port = 0};
	struct source before = sample_source(1, 1), found = before;

	(void)state;
	assert_false(recent_find(&zeroes, 0, EXPIRY_S, &found));
	assert_false(find(1, 0, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void finds_the_last_datagram_only(void **state)
{
	struct source before = sample_source(9, 9), found = before;

	(void)state;
	learn(1, 0, NOW_S);
	assert_found(1, 0, NOW_S);
	learn(1, 1, NOW_S);
	assert_found(1, 1, NOW_S);
	learn(2, 0, NOW_S);
	assert_found(2, 0, NOW_S);
	assert_false(find(1, NOW_S, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void our_port_distinguishes_sockets(void **state)
{
	struct asker other = sample_asker(1);
	struct source found;

	(void)state;
	learn(1, 0, NOW_S);
	other.our_port ^= 1;
	assert_false(recent_find(&other, NOW_S, EXPIRY_S, &found));
}

static void expires(void **state)
{
	(void)state;
	learn(1, 0, NOW_S);
	assert_found(1, 0, NOW_S + EXPIRY_S);
	assert_false(is_known(1, NOW_S + EXPIRY_S + 1));
	learn(1, 0, UINT32_MAX - 5);
	assert_found(1, 0, EXPIRY_S - 6);
	assert_false(is_known(1, EXPIRY_S - 5));
}

static void forgets_the_asker_alone(void **state)
{
	(void)state;
	learn(1, 0, NOW_S);
	forget(2);
	assert_found(1, 0, NOW_S);
	forget(1);
	assert_false(is_known(1, NOW_S));
	learn(1, 1, NOW_S);
	assert_found(1, 1, NOW_S);
}

/* The generation, counting on, comes to 0, which says that nothing was received. */
static void outlives_the_wrap_of_its_generation(void **state)
{
	(void)state;
	learn(1, 0, NOW_S);
	recent.generation = UINT32_MAX - 9;
	for (uint32_t k = 0; k < 20; k++) {
		struct source found;

		learn(1, k, NOW_S);
		if (find(1, NOW_S, &found))
			assert_found(1, k, NOW_S);
	}
	assert_found(1, 19, NOW_S);
}

static bool is_same(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	return recent_is_same(&asker, &source, now_s);
}

static void is_the_same_only_if_all_is(void **state)
{
	_Atomic uint32_t seq = 8;
	const struct peers_place place = {&seq, 8};
	struct asker asker = sample_asker(1);
	struct source source = sample_source(1, 0);

	(void)state;
	assert_false(is_same(1, 0, NOW_S));
	recent_learn(&asker, &source, &place, NOW_S);
	assert_true(is_same(1, 0, NOW_S));
	assert_false(is_same(2, 0, NOW_S));
	assert_false(is_same(1, 1, NOW_S));
	assert_false(is_same(1, 0, NOW_S + 1));
	seq = 10;
	assert_false(is_same(1, 0, NOW_S));
	seq = 8;
	forget(1);
	assert_false(is_same(1, 0, NOW_S));
}

static void is_never_the_same_where_no_table_holds_it(void **state)
{
	(void)state;
	learn(1, 0, NOW_S);
	assert_false(is_same(1, 0, NOW_S));
}

static void *look_from_another_thread(void *arg)
{
	*(bool *)arg = is_known(1, NOW_S);
	learn(2, 0, NOW_S);
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	pthread_t thread;
	bool is_known_there = true;

	(void)state;
	learn(1, 0, NOW_S);
	assert_int_equal(
		pthread_create(&thread, NULL, look_from_another_thread, &is_known_there), 0);
	pthread_join(thread, NULL);
	assert_false(is_known_there);
	assert_found(1, 0, NOW_S);
}

/* A handler at every instruction of the flow. It receives, so whatever the flow did before it, the
 * memory must not hold a mixture of both. */
static volatile int wrong;

static void note_mixture(uint32_t n)
{
	struct source found;

	if (find(n, NOW_S, &found) && !source_belongs_to(&found, n))
		wrong++;
}

static void receive_in_handler(int signal)
{
	(void)signal;
	note_mixture(1);
	note_mixture(2);
	learn(3, 7, NOW_S);
	note_mixture(3);
	if (!is_known(3, NOW_S))
		wrong++;
}

static void forget_in_handler(int signal)
{
	(void)signal;
	note_mixture(1);
	forget(1);
	forget(2);
}

static void receive_1_then_2(void)
{
	learn(1, 5, NOW_S);
	note_mixture(1);
	learn(2, 6, NOW_S);
	note_mixture(1);
	note_mixture(2);
}

static int judge(void)
{
	for (uint32_t n = 1; n <= 3; n++)
		note_mixture(n);
	/* Nothing that a handler did may last: the next datagram is remembered again. */
	learn(4, 0, NOW_S);
	return wrong + !is_known(4, NOW_S);
}

static void a_handler_may_come_at_any_instruction(void **state)
{
	static const struct interruption receiving = {
		.flow = receive_1_then_2, .handler = receive_in_handler, .verdict = judge};
	static const struct interruption forgetting = {
		.flow = receive_1_then_2, .handler = forget_in_handler, .verdict = judge};

	(void)state;
	assert_int_equal(interrupt_everywhere(&receiving), 0);
	assert_int_equal(interrupt_everywhere(&forgetting), 0);
}

/* The same by chance, for where nothing can be traced: another thread sends signals without pause,
 * so that handlers interrupt handlers' successors at all places. */
enum { SIGNALS = 20000 };

static atomic_int handled;
static pthread_t main_thread;

static void receive_another(int signal)
{
	int count = atomic_fetch_add(&handled, 1);

	(void)signal;
	note_mixture(1);
	learn(3 + (uint32_t)count % 2, (uint32_t)count, NOW_S);
	note_mixture(3);
	note_mixture(4);
}

static void *send_signals(void *unused)
{
	while (atomic_load(&handled) < SIGNALS)
		pthread_kill(main_thread, SIGUSR1);
	return unused;
}

static void a_storm_of_handlers_mixes_nothing(void **state)
{
	struct sigaction action = {.sa_handler = receive_another}, saved;
	pthread_t thread;

	(void)state;
	wrong = 0;
	main_thread = pthread_self();
	sigaction(SIGUSR1, &action, &saved);
	assert_int_equal(pthread_create(&thread, NULL, send_signals, NULL), 0);
	for (uint32_t k = 0; atomic_load(&handled) < SIGNALS; k++) {
		learn(1, k, NOW_S);
		for (uint32_t n = 1; n <= 4; n++)
			note_mixture(n);
	}
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &saved, NULL);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(knows_nothing_at_first, empty),
		cmocka_unit_test_setup(finds_the_last_datagram_only, empty),
		cmocka_unit_test_setup(our_port_distinguishes_sockets, empty),
		cmocka_unit_test_setup(expires, empty),
		cmocka_unit_test_setup(forgets_the_asker_alone, empty),
		cmocka_unit_test_setup(outlives_the_wrap_of_its_generation, empty),
		cmocka_unit_test_setup(is_the_same_only_if_all_is, empty),
		cmocka_unit_test_setup(is_never_the_same_where_no_table_holds_it, empty),
		cmocka_unit_test_setup(each_thread_has_its_own, empty),
		cmocka_unit_test_setup(a_handler_may_come_at_any_instruction, empty),
		cmocka_unit_test_setup(a_storm_of_handlers_mixes_nothing, empty),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
