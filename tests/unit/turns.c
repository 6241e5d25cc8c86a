/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Peers that ask at two of our addresses before they are answered: in order answers leave from
 * where their requests came in. Long random histories are compared with a model that keeps every
 * unanswered request in a queue; answers come from the thread that receives, from another thread,
 * and from forked children.
 */
#include "core/choose.h"

#include "unit.h"

#include "table.h"

#include <pthread.h>

enum { CAPACITY = 4096, PEERS = 6, QUEUE = 64, START_S = 1000 };

static struct knowledge known;
static uint32_t now_s;

static int start_anew(void **state)
{
	(void)state;
	recent = (struct recent){.generation = RECENT_EMPTY, .place = PEERS_NOWHERE};
	known.peers = make_table(CAPACITY);
	known.expiry_s = EXPIRY_S;
	now_s = START_S;
	return 0;
}

static void receive(uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	choose_learn(&known, &peer.addr.sa, peer.len, peer.our_port, &source, now_s);
}

static void peek(uint32_t n, uint32_t k)
{
	receive(n, k);
	choose_learn_peeked();
}

/* The k of the address that an answer leaves from; UINT32_MAX if none is known. */
static uint32_t answer(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	struct source source;

	if (choose_source(&known, &peer.addr.sa, peer.len, peer.our_port, now_s, &source) ==
		CHOICE_NONE)
		return UINT32_MAX;
	return source.addr.word[2];
}

/* The same by a thread of its own, which has received nothing. */
static void *answer_in_thread(void *n)
{
	return (void *)(uintptr_t)answer((uint32_t)(uintptr_t)n);
}

static uint32_t answer_by_thread(uint32_t n)
{
	pthread_t thread;
	void *k;

	assert_int_equal(pthread_create(&thread, NULL, answer_in_thread, (void *)(uintptr_t)n), 0);
	assert_int_equal(pthread_join(thread, &k), 0);
	return (uint32_t)(uintptr_t)k;
}

static uint32_t answered_n;

static int answer_in_child(void)
{
	choose_begin_child();
	return (int)(answer(answered_n) & 0x7f);
}

static uint32_t answer_by_child(uint32_t n)
{
	answered_n = n;
	return (uint32_t)run_in_child(answer_in_child);
}

/* What a peer's answers ought to be: its requests' addresses, in order. */
struct model {
	uint32_t queue[QUEUE];
	unsigned int first, last;
};

/* Of how many addresses there are requests in the queue, counting each stretch. */
static unsigned int count_stretches(const struct model *model)
{
	unsigned int count = 0;

	for (unsigned int i = model->first; i < model->last; i++)
		count += i == model->first ||
			 model->queue[i % QUEUE] != model->queue[(i - 1) % QUEUE];
	return count;
}

/* Whether one more request at k is within what is promised: two stretches. */
static bool may_ask(const struct model *model, uint32_t k)
{
	unsigned int stretches = count_stretches(model);

	if (model->last - model->first == QUEUE)
		return false;
	return stretches < 2 || model->queue[(model->last - 1) % QUEUE] == k;
}

/* Receives and answers at random for some thousand steps. */
static void compare_with_model(
	uint64_t seed, int steps, uint32_t (*answer_somehow)(uint32_t n), unsigned int eagerness)
{
	static struct model models[PEERS];
	struct dice dice = {seed};

	memset(models, 0, sizeof(models));
	start_anew(NULL);
	for (int step = 0; step < steps; step++) {
		uint32_t n = dice_below(&dice, PEERS), k = 1 + dice_below(&dice, 3);
		struct model *model = &models[n];

		if (dice_below(&dice, 10) < eagerness) {
			if (may_ask(model, k)) {
				receive(n, k);
				model->queue[model->last++ % QUEUE] = k;
			}
		} else if (model->first < model->last) {
			uint32_t expected = model->queue[model->first++ % QUEUE];
			uint32_t got = answer_somehow(n);

			if (got != expected)
				fail_msg("seed %u, step %d: peer %u is answered from %u, not %u",
					(unsigned int)seed, step, n, got, expected);
		}
	}
}

static void answers_of_the_same_thread_are_in_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++)
		compare_with_model(seed, 2000, answer, 3 + seed % 5);
}

static void answers_of_another_thread_are_in_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++)
		compare_with_model(seed, 400, answer_by_thread, 3 + seed % 5);
}

static void answers_of_forked_children_are_in_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++)
		compare_with_model(seed, 200, answer_by_child, 3 + seed % 5);
}

static void both_outstanding_are_answered_in_order(void **state)
{
	(void)state;
	receive(1, 1);
	receive(1, 2);
	assert_int_equal(answer(1), 1);
	assert_int_equal(answer(1), 2);
	/* What else is sent goes where the peer asked last. */
	assert_int_equal(answer(1), 2);
}

/* Asked at one address after the other, answered each time by a child that lives for one answer
 * only, while others ask in between. */
static void a_child_for_each_request_is_right(void **state)
{
	(void)state;
	for (uint32_t k = 1; k < 20; k++) {
		receive(1, k);
		assert_int_equal(answer_by_child(1), k);
		receive(2, k);
		assert_int_equal(answer_by_child(2), k);
	}
}

static void a_peek_is_no_request(void **state)
{
	(void)state;
	for (uint32_t k = 1; k < 20; k++) {
		peek(1, k);
		receive(1, k);
		assert_int_equal(answer(1), k);
		peek(2, k);
		receive(2, k);
		assert_int_equal(answer(2), k);
	}
}

/* A request that was dropped is not waited for longer than a few seconds. */
static void a_dropped_request_is_given_up(void **state)
{
	(void)state;
	receive(1, 1);
	now_s += 5;
	receive(1, 2);
	assert_int_equal(answer(1), 2);
	receive(1, 2);
	receive(1, 3);
	now_s += 5;
	assert_int_equal(answer(1), 3);
}

/* Requests that are never answered in their second do not add up. */
static void dropped_requests_do_not_add_up(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		receive(1, 1);
		receive(2, 1);
	}
	now_s++;
	receive(1, 1);
	receive(2, 1);
	receive(1, 2);
	assert_int_equal(answer(1), 1);
	assert_int_equal(answer(1), 2);
}

/* One who answers more often than he is asked answers from where he was asked last. */
static void a_stream_leaves_from_where_it_was_asked_last(void **state)
{
	(void)state;
	for (uint32_t k = 1; k < 20; k++) {
		receive(1, k);
		receive(2, k);
		for (int i = 0; i < 100; i++) {
			assert_int_equal(answer(1), k);
			assert_int_equal(answer(2), k);
		}
	}
}

/* The source that the kernel refused is gone, and the earlier one does not come back. */
static void forgetting_forgets_the_earlier_too(void **state)
{
	struct sample_peer peer = sample_peer(1);

	(void)state;
	receive(1, 1);
	receive(1, 2);
	choose_forget(&known, &peer.addr.sa, peer.len, peer.our_port);
	assert_int_equal(answer(1), UINT32_MAX);
	receive(1, 3);
	assert_int_equal(answer(1), 3);
	assert_int_equal(answer(1), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both_outstanding_are_answered_in_order, start_anew),
		cmocka_unit_test_setup(answers_of_the_same_thread_are_in_order, start_anew),
		cmocka_unit_test_setup(answers_of_another_thread_are_in_order, start_anew),
		cmocka_unit_test_setup(answers_of_forked_children_are_in_order, start_anew),
		cmocka_unit_test_setup(a_child_for_each_request_is_right, start_anew),
		cmocka_unit_test_setup(a_peek_is_no_request, start_anew),
		cmocka_unit_test_setup(a_dropped_request_is_given_up, start_anew),
		cmocka_unit_test_setup(dropped_requests_do_not_add_up, start_anew),
		cmocka_unit_test_setup(a_stream_leaves_from_where_it_was_asked_last, start_anew),
		cmocka_unit_test_setup(forgetting_forgets_the_earlier_too, start_anew),
	};

	return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
