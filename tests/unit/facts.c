/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of the descriptors: kept for each that can be, none for those that cannot, and never
 * written by a vfork child into its parent's memory.
 */
#include "sys/facts.h"

#include "sys/process.h"

#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

enum { END = 1048576 }; /* the first descriptor without a word */

static int start(void **state)
{
	(void)state;
	process_init();
	return 0;
}

static void keeps_a_word_for_each_descriptor(void **state)
{
	static const int fds[] = {0, 1, 2, 3, 1023, 1024, FACTS_CHUNK - 1, FACTS_CHUNK,
		FACTS_CHUNK + 1, 65535, 500000, END - 1};

	(void)state;
	for (size_t i = 0; i < LENGTH(fds); i++)
		assert_int_equal(facts_of(fds[i]), 0);
	for (size_t i = 0; i < LENGTH(fds); i++)
		assert_true(facts_set(fds[i], FACT_KNOWN | (uint32_t)i << FACT_PORT_SHIFT));
	for (size_t i = 0; i < LENGTH(fds); i++)
		assert_int_equal(facts_of(fds[i]), FACT_KNOWN | (uint32_t)i << FACT_PORT_SHIFT);
	for (size_t i = 0; i < LENGTH(fds); i++) {
		assert_true(facts_set(fds[i], 0));
		assert_int_equal(facts_of(fds[i]), 0);
	}
}

static void has_none_for_what_is_no_descriptor(void **state)
{
	static const int fds[] = {-1, -2, -100, INT_MIN, INT_MIN + 1, END, END + 1, INT_MAX};

	(void)state;
	for (size_t i = 0; i < LENGTH(fds); i++) {
		assert_int_equal(facts_of(fds[i]), 0);
		assert_int_equal(facts_at_hand(fds[i]), 0);
		assert_false(facts_set(fds[i], FACT_KNOWN));
		assert_int_equal(facts_of(fds[i]), 0);
	}
}

static void has_the_first_ones_at_hand(void **state)
{
	(void)state;
	assert_true(facts_set(FACTS_CHUNK - 1, FACT_KNOWN | FACT_UDP));
	assert_true(facts_set(FACTS_CHUNK, FACT_KNOWN | FACT_UDP));
	assert_int_equal(facts_at_hand(FACTS_CHUNK - 1), FACT_KNOWN | FACT_UDP);
	assert_int_equal(facts_at_hand(FACTS_CHUNK), 0);
	assert_int_equal(facts_of(FACTS_CHUNK), FACT_KNOWN | FACT_UDP);
}

static void keeps_the_port(void **state)
{
	static const in_port_t ports[] = {0, 1, 0x3500, 0xff00, 0xffff};

	(void)state;
	for (size_t i = 0; i < LENGTH(ports); i++) {
		uint32_t facts = FACT_KNOWN | FACT_UDP | FACT_WATCHED | 3U << FACT_OWN_SHIFT |
				 (uint32_t)ports[i] << FACT_PORT_SHIFT;

		assert_true(facts_set(5, facts));
		assert_int_equal(facts_port(facts_of(5)), ports[i]);
		assert_int_equal(facts_of(5) & 0xffff, facts & 0xffff);
	}
}

static void errno_is_kept(void **state)
{
	(void)state;
	errno = 4711;
	assert_true(facts_set(6, FACT_KNOWN));
	assert_true(facts_set(300000, FACT_KNOWN));
	assert_false(facts_set(-1, FACT_KNOWN));
	assert_false(facts_set(END, FACT_KNOWN));
	assert_int_equal(facts_of(END), 0);
	assert_int_equal(errno, 4711);
}

/* A child with its parent's memory but descriptors of its own, as vfork and posix_spawn make it. */
static int run_in_vfork_child(int (*body)(void *))
{
	static _Alignas(16) unsigned char stack[65536];
	int status = 0;
	pid_t child = clone(body, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	if (child == -1)
		skip();
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int note_in_child(void *unused)
{
	int refused = 0;

	(void)unused;
	refused += !facts_set(7, FACT_KNOWN);
	refused += !facts_set(8, 0);
	refused += !facts_set(700000, FACT_KNOWN);
	return refused;
}

static void a_vfork_child_notes_nothing(void **state)
{
	(void)state;
	assert_true(facts_set(7, 0));
	assert_true(facts_set(8, FACT_KNOWN | FACT_UDP));
	assert_int_equal(run_in_vfork_child(note_in_child), 3);
	assert_int_equal(facts_of(7), 0);
	assert_int_equal(facts_of(8), FACT_KNOWN | FACT_UDP);
	assert_int_equal(facts_of(700000), 0);
	assert_true(facts_set(7, FACT_KNOWN));
}

static int know_own_memory(void *unused)
{
	(void)unused;
	return process_is_vfork_child() ? 1 : 0;
}

static int note_after_fork(void)
{
	if (process_is_vfork_child() || !facts_set(9, FACT_KNOWN))
		return 1;
	if (facts_of(9) != FACT_KNOWN || !facts_set(710000, FACT_KNOWN))
		return 2;
	/* The forked child is a parent of its own vfork children now. */
	return run_in_vfork_child(know_own_memory) == 1 ? 0 : 3;
}

static void a_forked_child_notes_for_itself(void **state)
{
	(void)state;
	assert_true(facts_set(9, 0));
	assert_int_equal(run_in_child(note_after_fork), 0);
	assert_int_equal(facts_of(9), 0);
	assert_int_equal(facts_of(710000), 0);
	assert_false(process_is_vfork_child());
}

/* The first word of a chunk is written by all threads at once: each word must stay. */
enum { THREADS = 8 };

static void *note_in_thread(void *arg)
{
	int index = (int)(intptr_t)arg;

	for (int chunk = 20; chunk < 60; chunk++)
		facts_set(chunk * FACTS_CHUNK + index, FACT_KNOWN);
	return NULL;
}

static void threads_make_one_chunk(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, note_in_thread, (void *)(intptr_t)i), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int chunk = 20; chunk < 60; chunk++)
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(facts_of(chunk * FACTS_CHUNK + i), FACT_KNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_a_word_for_each_descriptor),
		cmocka_unit_test(has_none_for_what_is_no_descriptor),
		cmocka_unit_test(has_the_first_ones_at_hand),
		cmocka_unit_test(keeps_the_port),
		cmocka_unit_test(errno_is_kept),
		cmocka_unit_test(a_vfork_child_notes_nothing),
		cmocka_unit_test(a_forked_child_notes_for_itself),
		cmocka_unit_test(threads_make_one_chunk),
	};

	return cmocka_run_group_tests_name("facts", tests, start, NULL);
}
