/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scratch memory for batches: each user has its own, also a thread and its signal handlers, and
 * nothing leaks when threads end.
 */
#include "runtime/scratch.h"

#include "unit.h"

#include "interrupt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static unsigned char *take(size_t size)
{
	unsigned char *left = scratch_take(size);

	assert_non_null(left);
	assert_int_equal((uintptr_t)left % _Alignof(max_align_t), 0);
	return left;
}

/* Runs first, because the others need the initialized state. */
static void without_a_start_there_is_no_memory(void **state)
{
	(void)state;
	assert_null(scratch_take(100));
	scratch_init();
	scratch_give_back(take(100));
}

static void takes_and_gives_back(void **state)
{
	(void)state;
	for (int round = 0; round < 1000; round++) {
		unsigned char *left = take(1000);

		memset(left, round, 1000);
		scratch_give_back(left);
	}
}

static size_t measure_memory(void);

/* New memory would be zero. */
static void what_was_given_back_is_taken_again(void **state)
{
	unsigned char *left = take(1000);

	(void)state;
	memset(left, 0xa5, 1000);
	scratch_give_back(left);
	left = take(1000);
	assert_int_equal(left[0], 0xa5);
	scratch_give_back(left);
}

/* Some are released before the first, some after; in the end only the first is kept. */
static void each_taker_has_its_own(void **state)
{
	enum { ROUNDS = 1000, LARGE = 1000000 };
	unsigned char *first = take(100);
	size_t before = measure_memory();

	(void)state;
	memset(first, 0x11, 100);
	for (int round = 0; round < ROUNDS; round++) {
		unsigned char *second = take(LARGE), *third = take(1);

		memset(second, 0x22, LARGE);
		*third = 0x33;
		scratch_give_back(second);
		assert_int_equal(*third, 0x33);
		scratch_give_back(third);
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(first[i], 0x11);
	scratch_give_back(first);
	assert_in_range(measure_memory(), 0, before + LARGE);
	assert_ptr_equal(take(100), first);
	scratch_give_back(first);
}

static void grows(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 16777216; size *= 4) {
		unsigned char *left = take(size);

		memset(left, 0xa5, size);
		scratch_give_back(left);
	}
	scratch_give_back(take(10));
}

static void what_cannot_be_had_is_refused(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX - SIZE_MAX / 8};

	(void)state;
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		unsigned char *left;

		assert_null(scratch_take(sizes[i]));
		/* Nothing is taken, and the existing memory stays. */
		left = take(100);
		assert_null(scratch_take(sizes[i]));
		scratch_give_back(left);
	}
}

static void errno_is_kept(void **state)
{
	unsigned char *first, *second;

	(void)state;
	errno = 4711;
	first = take(40000000);
	second = take(1);
	assert_null(scratch_take(SIZE_MAX - 1000000));
	scratch_give_back(second);
	scratch_give_back(first);
	assert_null(scratch_take(SIZE_MAX - 1000000));
	assert_int_equal(errno, 4711);
}

static void *take_in_thread(void *arg)
{
	unsigned char **ret = arg;

	*ret = scratch_take(200000);
	if (*ret != NULL)
		memset(*ret, 0x22, 200000);
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	unsigned char *here = take(200000), *there = NULL;
	pthread_t thread;

	(void)state;
	memset(here, 0x11, 200000);
	assert_int_equal(pthread_create(&thread, NULL, take_in_thread, &there), 0);
	pthread_join(thread, NULL);
	assert_non_null(there);
	for (size_t i = 0; i < 200000; i++)
		assert_int_equal(here[i], 0x11);
	scratch_give_back(here);
}

/* The address space in use, in bytes. */
static size_t measure_memory(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
		pages = 0;
	if (statm != NULL)
		fclose(statm);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Ends in the middle of a batch, like a cancelled thread. */
static void *end_without_giving_back(void *arg)
{
	take_in_thread(arg);
	pthread_exit(NULL);
}

static void run_threads(int count)
{
	for (int i = 0; i < count; i++) {
		unsigned char *left = NULL;
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, end_without_giving_back, &left), 0);
		pthread_join(thread, NULL);
		assert_non_null(left);
	}
}

static void threads_leak_nothing(void **state)
{
	enum { WARM_UP = 20, COUNT = 1000, SLACK = 32 * 1024 * 1024 };
	size_t before;

	(void)state;
	run_threads(WARM_UP);
	before = measure_memory();
	if (before == 0)
		skip();
	run_threads(COUNT);
	/* If leaked, their memory would add up to two hundred million bytes. */
	assert_in_range(measure_memory(), 0, before + SLACK);
}

static void *grow_step_by_step(void *arg)
{
	enum { STEP = 65536, STEPS = 100 };
	size_t *ret = arg, before;

	/* The first time, the C library maps memory of its own for a thread. */
	measure_memory();
	before = measure_memory();
	for (size_t step = 1; step <= STEPS; step++)
		scratch_give_back(take(step * STEP));
	*ret = measure_memory() - before;
	return NULL;
}

/* A mapping that was too small goes: all of them together would be 330 million bytes. */
static void growing_leaks_nothing(void **state)
{
	pthread_t thread;
	size_t taken = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, grow_step_by_step, &taken), 0);
	pthread_join(thread, NULL);
	assert_in_range(taken, 0, 32 * 1024 * 1024);
}

/* A handler with a batch of its own at every instruction of a thread's batch. */
static unsigned char *taken_by_flow;
static int error;

static void prepare(void)
{
	taken_by_flow = NULL;
	error = 0;
}

static bool is_filled_with(const unsigned char *left, size_t size, unsigned char byte)
{
	for (size_t i = 0; i < size; i++)
		if (left[i] != byte)
			return false;
	return true;
}

static void batch_in_flow(void)
{
	taken_by_flow = scratch_take(40);
	if (taken_by_flow == NULL)
		return;
	memset(taken_by_flow, 0x11, 40);
	error += !is_filled_with(taken_by_flow, 40, 0x11);
	scratch_give_back(taken_by_flow);
}

static void batch_in_handler(int signal)
{
	unsigned char *left = scratch_take(70000000);

	(void)signal;
	if (left == NULL) {
		error++;
		return;
	}
	memset(left, 0x22, 4096);
	error += !is_filled_with(left, 4096, 0x22);
	scratch_give_back(left);
}

/* The flow always has its memory, and so does the next one. */
static int judge(void)
{
	return error + (taken_by_flow == NULL) + (scratch_take(10) == NULL);
}

static void a_handler_may_come_at_any_instruction(void **state)
{
	static const struct interruption batch = {.flow = batch_in_flow,
		.handler = batch_in_handler,
		.verdict = judge,
		.prepare = prepare};

	(void)state;
	assert_int_equal(interrupt_everywhere(&batch), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_start_there_is_no_memory),
		cmocka_unit_test(takes_and_gives_back),
		cmocka_unit_test(what_was_given_back_is_taken_again),
		cmocka_unit_test(each_taker_has_its_own),
		cmocka_unit_test(grows),
		cmocka_unit_test(what_cannot_be_had_is_refused),
		cmocka_unit_test(errno_is_kept),
		cmocka_unit_test(each_thread_has_its_own),
		cmocka_unit_test(threads_leak_nothing),
		cmocka_unit_test(growing_leaks_nothing),
		cmocka_unit_test(a_handler_may_come_at_any_instruction),
	};

	return cmocka_run_group_tests_name("scratch", tests, NULL, NULL);
}
