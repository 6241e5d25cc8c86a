/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers for a batch: all counted pieces fit, aligned and without overlap, on the stack and in the
 * scratch memory. Without enough memory there are none.
 */
#include "calls/batch.h"

#include "unit.h"

enum { PIECES = 3000, ROUNDS = 300 };

/* Takes the pieces of a batch from its buffer. */
static size_t sizes[PIECES];
static unsigned char *pieces[PIECES];

/* Chooses sizes like those of headers, names and control data, including 0. Returns their sum. */
static size_t roll_sizes(struct dice *dice, uint32_t count, uint32_t limit)
{
	size_t all = 0;

	for (uint32_t i = 0; i < count; i++) {
		sizes[i] = dice_below(dice, limit);
		all += batch_size(sizes[i]);
	}
	return all;
}

static void take_and_fill(struct batch_buffer *left, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		pieces[i] = batch_take(left, sizes[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)(i % 251), sizes[i]);
	}
}

static void assert_filled(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(pieces[i][at], i % 251);
}

static void check_round(struct dice *dice, uint32_t count, uint32_t limit)
{
	size_t all = roll_sizes(dice, count, limit);
	struct batch_buffer left;
	unsigned char *begin;

	assert_true(batch_open(&left, all));
	begin = left.at;
	take_and_fill(&left, count);
	assert_ptr_equal(left.at, begin + all);
	assert_filled(count);
	batch_close(&left);
}

static void pieces_fit_and_lie_apart(void **state)
{
	struct dice dice = {3};

	(void)state;
	for (int round = 0; round < runs(ROUNDS); round++) {
		check_round(&dice, 1 + dice_below(&dice, 12), 160);
		check_round(&dice, 1 + dice_below(&dice, PIECES), 160);
		check_round(&dice, 1 + dice_below(&dice, 3), 1400);
	}
}

/* A batch that fits on the stack works without memory; one that is a byte larger does not. */
static void a_small_batch_is_on_the_stack(void **state)
{
	struct batch_buffer left;

	(void)state;
	for (size_t size = 0; size <= BATCH_STACK; size++) {
		assert_true(batch_open(&left, size));
		assert_ptr_equal(left.at, left.stack);
		batch_close(&left);
	}
	assert_true(batch_open(&left, BATCH_STACK + 1));
	assert_true(left.at < left.stack || left.at > left.stack + BATCH_STACK);
	batch_close(&left);
}

static void what_cannot_be_had_is_not_given(void **state)
{
	struct batch_buffer left;

	(void)state;
	/* A 32-bit process can have half of the address space. */
	if (sizeof(size_t) == 4)
		skip();
	assert_false(batch_open(&left, PTRDIFF_MAX));
	assert_false(batch_open(&left, PTRDIFF_MAX - 100));
	/* And it does not block later batches. */
	assert_true(batch_open(&left, 100000));
	batch_close(&left);
}

/* A signal handler's batch, in the middle of the thread's. */
static void a_nested_batch_has_its_own_buffer(void **state)
{
	struct batch_buffer outer, inner;

	(void)state;
	assert_true(batch_open(&outer, 100000));
	memset(outer.at, 0x11, 100000);
	assert_true(batch_open(&inner, 100000));
	memset(inner.at, 0x22, 100000);
	batch_close(&inner);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(outer.at[i], 0x11);
	batch_close(&outer);
}

static int start(void **state)
{
	(void)state;
	scratch_init();
	return 0;
}

/* What was closed is taken again: a second mapping would have another address. */
static void a_closed_buffer_is_used_again(void **state)
{
	struct batch_buffer first, second;

	(void)state;
	assert_true(batch_open(&first, BATCH_STACK + 1));
	batch_close(&first);
	assert_true(batch_open(&second, BATCH_STACK + 1));
	assert_non_null(second.scratch);
	assert_ptr_equal(second.scratch, first.scratch);
	batch_close(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_fit_and_lie_apart),
		cmocka_unit_test(a_small_batch_is_on_the_stack),
		cmocka_unit_test(what_cannot_be_had_is_not_given),
		cmocka_unit_test(a_nested_batch_has_its_own_buffer),
		cmocka_unit_test(a_closed_buffer_is_used_again),
	};

	return cmocka_run_group_tests_name("batch", tests, start, NULL);
}
