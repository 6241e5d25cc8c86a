/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two memories where a signal handler receives while its thread is in the middle of either. */
#include "memories.h"

#include "interrupt.h"

/*
 * Peer 1 asked on port 53 at the first source, and then peer 3 at the second. Now
 * peer 1 asks on port 53 at the second, and a handler receives a datagram of peer 1 on another of
 * our ports. Neither may be taken for the other, nor for what stood there before.
 */
static struct source at(uint32_t place)
{
	return sample_source(0, place);
}

static struct sample_peer peer_at_port(uint32_t n, in_port_t our_port)
{
	struct sample_peer peer = sample_peer(n);

	peer.our_port = our_port;
	return peer;
}

static void learn_at(const struct sample_peer *peer, uint32_t place)
{
	struct source source = at(place);

	learn_from(&known, peer, &source);
}

static bool is_at(const struct sample_peer *peer, uint32_t place)
{
	struct source chosen, expected = at(place);

	return choose_for(&known, peer, &chosen) && source_is_equal(&chosen, &expected);
}

static void prepare_move(void)
{
	struct sample_peer first = sample_peer(1), other = sample_peer(3);

	start_anew(NULL);
	learn_at(&first, 1);
	is_at(&first, 1); /* It has its answer. */
	learn_at(&other, 2);
}

static void move_peer_1(void)
{
	struct sample_peer peer = sample_peer(1);

	learn_at(&peer, 2);
}

static void receive_on_another_port(int signal)
{
	struct sample_peer peer = peer_at_port(1, htons(123));

	(void)signal;
	learn_at(&peer, 2);
}

static int judge_another_port(void)
{
	struct sample_peer moved = sample_peer(1), received = peer_at_port(1, htons(123));

	return !is_at(&moved, 2) + !is_at(&received, 2);
}

/* The handler's peer differs in its own port. */
static struct sample_peer neighbour(void)
{
	struct sample_peer peer = sample_peer(1);

	peer.addr.v6.sin6_port ^= 1;
	return peer;
}

static void receive_from_neighbour(int signal)
{
	struct sample_peer peer = neighbour();

	(void)signal;
	learn_at(&peer, 2);
}

static int judge_neighbour(void)
{
	struct sample_peer moved = sample_peer(1), received = neighbour();

	return !is_at(&moved, 2) + !is_at(&received, 2);
}

static void a_handler_may_receive_while_its_thread_learns(void **state)
{
	static const struct interruption on_another_port = {.flow = move_peer_1,
		.handler = receive_on_another_port,
		.verdict = judge_another_port,
		.prepare = prepare_move};
	static const struct interruption from_neighbour = {.flow = move_peer_1,
		.handler = receive_from_neighbour,
		.verdict = judge_neighbour,
		.prepare = prepare_move};

	(void)state;
	assert_int_equal(interrupt_everywhere(&on_another_port), 0);
	assert_int_equal(interrupt_everywhere(&from_neighbour), 0);
}

/* The thread answers peer 1 while a handler receives from peer 2 and answers it. */
static struct source chosen_by_flow;

static void prepare_answer(void)
{
	struct sample_peer peer = sample_peer(1);

	start_anew(NULL);
	learn_at(&peer, 1);
}

static void answer_peer_1(void)
{
	struct sample_peer peer = sample_peer(1);

	if (!choose_for(&known, &peer, &chosen_by_flow))
		memset(&chosen_by_flow, 0, sizeof(chosen_by_flow));
}

static void receive_and_answer(int signal)
{
	struct sample_peer peer = sample_peer(2);
	struct source ignored;

	(void)signal;
	learn_at(&peer, 2);
	choose_for(&known, &peer, &ignored);
}

static int judge_answer(void)
{
	struct source expected = at(1);

	return !source_is_equal(&chosen_by_flow, &expected);
}

static void a_handler_may_receive_while_its_thread_answers(void **state)
{
	static const struct interruption receiving = {.flow = answer_peer_1,
		.handler = receive_and_answer,
		.verdict = judge_answer,
		.prepare = prepare_answer};

	(void)state;
	assert_int_equal(interrupt_everywhere(&receiving), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handler_may_receive_while_its_thread_learns),
		cmocka_unit_test(a_handler_may_receive_while_its_thread_answers),
	};

	return cmocka_run_group_tests_name("choose_handlers", tests, NULL, NULL);
}
