/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last-peer cache and the table if a signal handler receives while its thread uses either. */
#include "interrupt.h"
#include "lookup.h"

/*
 * Peer 1 asked one socket at the first source, then peer 3 at the second. Now peer 1 asks at the
 * second, and a handler receives a datagram of peer 1 on another socket. Neither may be confused
 * with the other or with the old entry.
 */
static struct source at(uint32_t place)
{
	return sample_source(0, place);
}

static struct sample_peer peer_at_socket(uint32_t n, uint32_t socket)
{
	struct sample_peer peer = sample_peer(n);

	peer.socket = socket;
	return peer;
}

static void learn_at(const struct sample_peer *peer, uint32_t place)
{
	struct source source = at(place);

	receive_from(peer, &source);
}

static bool is_at(const struct sample_peer *peer, uint32_t place)
{
	struct source chosen, expected = at(place);

	return answer_to(peer, false, &chosen) != CHOICE_NONE &&
	       source_is_equal(&chosen, &expected);
}

static void prepare_move(void)
{
	struct sample_peer first = sample_peer(1), other = sample_peer(3);

	begin(64);
	learn_at(&first, 1);
	is_at(&first, 1); /* It is answered. */
	learn_at(&other, 2);
}

static void move_peer_1(void)
{
	struct sample_peer peer = sample_peer(1);

	learn_at(&peer, 2);
}

static void receive_on_another_socket(int signal)
{
	struct sample_peer peer = peer_at_socket(1, 123);

	(void)signal;
	learn_at(&peer, 2);
}

static int judge_another_socket(void)
{
	struct sample_peer moved = sample_peer(1), received = peer_at_socket(1, 123);

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
	static const struct interruption on_another_socket = {.flow = move_peer_1,
		.handler = receive_on_another_socket,
		.verdict = judge_another_socket,
		.prepare = prepare_move};
	static const struct interruption from_neighbour = {.flow = move_peer_1,
		.handler = receive_from_neighbour,
		.verdict = judge_neighbour,
		.prepare = prepare_move};

	(void)state;
	assert_int_equal(interrupt_everywhere(&on_another_socket), 0);
	assert_int_equal(interrupt_everywhere(&from_neighbour), 0);
}

/* The thread answers peer 1 while a handler receives from peer 2 and answers it. */
static struct source chosen_by_flow;

static void prepare_answer(void)
{
	struct sample_peer peer = sample_peer(1);

	begin(64);
	learn_at(&peer, 1);
}

static void answer_peer_1(void)
{
	struct sample_peer peer = sample_peer(1);

	answer_to(&peer, false, &chosen_by_flow);
}

static void receive_and_answer(int signal)
{
	struct sample_peer peer = sample_peer(2);
	struct source ignored;

	(void)signal;
	learn_at(&peer, 2);
	answer_to(&peer, false, &ignored);
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

/* Peer 1 moves while its thread reads the table: the thread gets one source or the other, whole. */
static const struct source whole[] = {{.addr = {{1, 1, 1, 1}}}, {.addr = {{2, 2, 2, 2}}}};

static void prepare_read(void)
{
	struct sample_peer peer = sample_peer(1), other = sample_peer(3);

	begin(64);
	receive_from(&peer, &whole[0]);
	receive_from(&other, &whole[0]);
}

static void move_by_handler(int signal)
{
	struct sample_peer peer = sample_peer(1);

	(void)signal;
	receive_from(&peer, &whole[1]);
}

static int judge_read(void)
{
	return !source_is_equal(&chosen_by_flow, &whole[0]) &&
	       !source_is_equal(&chosen_by_flow, &whole[1]);
}

static void a_handler_may_receive_while_its_thread_reads(void **state)
{
	static const struct interruption moving = {.flow = answer_peer_1,
		.handler = move_by_handler,
		.verdict = judge_read,
		.prepare = prepare_read};

	(void)state;
	assert_int_equal(interrupt_everywhere(&moving), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handler_may_receive_while_its_thread_learns),
		cmocka_unit_test(a_handler_may_receive_while_its_thread_answers),
		cmocka_unit_test(a_handler_may_receive_while_its_thread_reads),
	};

	return cmocka_run_group_tests_name("select_handlers", tests, NULL, free_table);
}
