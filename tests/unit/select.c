/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last-peer cache and the peer table together: a reply leaves from the destination of the
 * peer's last request; learning updates both, and forgetting removes from both.
 */
#include "lookup.h"
#include "replies/tx.h"

#include <arpa/inet.h>
#include <pthread.h>

static void refuse_peer(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);

	fail_parse(&peer, false);
}

static void learns_for_both_memories(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 2; n++) {
		assert_no_answer(n);
		receive(n, 0);
		assert_true(is_known(&table, n, now_s));
		assert_answer(n, 0, CHOICE_LAST);
		/* The cache still has it, but the table may be newer. */
		assert_answer(n, 0, CHOICE_TABLE);
	}
}

/* Long random histories on several sockets compared with a one-line model. */
static void a_peer_is_answered_from_where_it_asked_last(void **state)
{
	enum { PEERS = 6, SOCKETS = 3, STEPS = 100000 };
	static uint32_t asked[PEERS][SOCKETS];
	struct dice dice = {1};

	(void)state;
	begin(4096);
	for (int step = 0; step < runs(STEPS); step++) {
		uint32_t n = dice_below(&dice, PEERS), socket = dice_below(&dice, SOCKETS);
		struct sample_peer peer = sample_peer(n);
		uint32_t *last = &asked[n][socket];
		struct source source;

		peer.socket = socket;
		now_s += dice_below(&dice, 100) == 0;
		if (dice_below(&dice, 2) == 0) {
			*last = 1 + dice_below(&dice, 3);
			source = sample_source(n * SOCKETS + socket, *last);
			receive_from(&peer, &source);
		} else if (*last == 0) {
			assert_int_equal(answer_to(&peer, false, &source), CHOICE_NONE);
		} else {
			struct source expected = sample_source(n * SOCKETS + socket, *last);

			assert_int_not_equal(answer_to(&peer, false, &source), CHOICE_NONE);
			assert_memory_equal(&source, &expected, sizeof(source));
		}
	}
}

static void *answer_in_another_thread(void *arg)
{
	struct sample_peer peer = sample_peer(1);

	answer_to(&peer, false, arg);
	return NULL;
}

static void another_thread_has_the_table(void **state)
{
	struct source chosen, expected = sample_source(1, 4);
	pthread_t thread;

	(void)state;
	receive(1, 4);
	assert_int_equal(pthread_create(&thread, NULL, answer_in_another_thread, &chosen), 0);
	pthread_join(thread, NULL);
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static void forgets_from_both_memories(void **state)
{
	(void)state;
	receive(1, 0);
	receive(2, 0);
	refuse_peer(1);
	assert_no_answer(1);
	assert_answer(2, 0, CHOICE_LAST);
	refuse_peer(2);
	assert_no_answer(2);
	receive(2, 1);
	assert_answer(2, 1, CHOICE_LAST);
}

/* A peer that is known from a unicast request sends to a group: the kernel chooses as bare. */
static void a_request_to_a_group_makes_forget(void **state)
{
	static const struct source unknown;
	struct sample_peer peer = sample_peer(1);

	(void)state;
	receive(1, 0);
	receive_from(&peer, &unknown);
	assert_no_answer(1);
	assert_false(is_known(&table, 1, now_s));
	receive(1, 1);
	assert_answer(1, 1, CHOICE_LAST);
}

static void without_a_table_the_last_datagram_serves(void **state)
{
	(void)state;
	begin(0);
	assert_no_answer(1);
	receive(1, 0);
	assert_answer(1, 0, CHOICE_LAST);
	receive(1, 1);
	assert_answer(1, 1, CHOICE_LAST);
	assert_answer(1, 1, CHOICE_LAST);
	receive(2, 0);
	assert_no_answer(1);
	assert_answer(2, 0, CHOICE_LAST);
	refuse_peer(2);
	assert_no_answer(2);
}

/* A first answer does not expire, however late it is. */
static void what_is_answered_expires(void **state)
{
	(void)state;
	receive(1, 0);
	now_s += 10 * EXPIRY_S;
	assert_answer(1, 0, CHOICE_LAST);
	assert_no_answer(1);
	receive(1, 1);
	assert_answer(1, 1, CHOICE_LAST);
	now_s += EXPIRY_S;
	assert_answer(1, 1, CHOICE_TABLE);
	now_s++;
	assert_no_answer(1);
}

/* A peer that asks continuously does not update the table each time, but must not expire there: its
 * second datagram of a later second refreshes it. */
static void a_busy_peer_stays_young(void **state)
{
	(void)state;
	for (uint32_t second = 0; second < 2 * EXPIRY_S; second++) {
		receive(1, 0);
		receive(1, 0);
		now_s++;
	}
	receive(2, 0);
	assert_answer(1, 0, CHOICE_TABLE);
}

/* An evicted peer comes back with its next datagram, even in the same second. */
static void what_the_table_lost_is_told_again(void **state)
{
	(void)state;
	receive(1, 0);
	forget(&table, 1);
	receive(1, 0);
	assert_true(is_known(&table, 1, now_s));
}

/* The dual-stack socket reports the peer as v4-mapped; the reply may name it in either form. */
static void v4_and_v4_mapped_are_one_peer(void **state)
{
	struct sample_peer plain = sample_peer(2), mapped = sample_peer(1);
	struct peer_key peer_key = sample_key(2);
	struct source source = sample_source(2, 0), chosen;

	(void)state;
	mapped.addr.v6.sin6_addr = address_to_v6(&peer_key.addr);
	mapped.addr.v6.sin6_port = plain.addr.v4.sin_port;
	receive_from(&mapped, &source);
	assert_int_equal(answer_to(&plain, false, &chosen), CHOICE_TABLE);
	assert_int_equal(answer_to(&mapped, false, &chosen), CHOICE_LAST);
	fail_parse(&plain, false);
	assert_false(is_known(&table, 2, now_s));
}

/* Link-local peers of two interfaces are two. */
static void a_scope_distinguishes_link_local_peers(void **state)
{
	struct sample_peer peers[2] = {sample_peer(1), sample_peer(1)};
	struct source sources[2] = {sample_source(1, 1), sample_source(1, 2)}, chosen;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		inet_pton(AF_INET6, "fe80::1", &peers[i].addr.v6.sin6_addr);
		peers[i].addr.v6.sin6_scope_id = 2 + i;
		receive_from(&peers[i], &sources[i]);
	}
	for (uint32_t i = 0; i < 2; i++) {
		answer_to(&peers[i], false, &chosen);
		assert_memory_equal(&chosen, &sources[i], sizeof(chosen));
	}
}

/* Addresses of other families are ignored. */
static void other_families_are_ignored(void **state)
{
	struct sample_peer peer = sample_peer(1);
	struct source source = sample_source(1, 0), chosen;

	(void)state;
	peer.addr.sa.sa_family = AF_UNIX;
	receive_from(&peer, &source);
	assert_int_equal(answer_to(&peer, true, &chosen), CHOICE_NONE);
	assert_false(select_knows_peer(&peer.addr.sa, peer.len));
	fail_parse(&peer, true);
}

/* Routing chooses the interface, unless the address needs one or the rules require it. */
static void interfaces_are_named_where_they_must_be(void **state)
{
	static const struct {
		const char *addr;
		bool names_interfaces;
		uint32_t ifindex;
	} cases[] = {{"::ffff:192.0.2.1", false, 0}, {"2001:db8::1", false, 0},
		{"fe80::1", false, 7}, {"::ffff:192.0.2.1", true, 7}, {"2001:db8::1", true, 7},
		{"fe80::1", true, 7}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct source source = {.ifindex = 7};
		struct in6_addr addr;

		inet_pton(AF_INET6, cases[i].addr, &addr);
		source.addr = address_from_v6(&addr);
		select_limit_interface(&source, cases[i].names_interfaces);
		assert_int_equal(source.ifindex, cases[i].ifindex);
	}
}

/* Whatever is in the table, into which other processes write. */
static void routing_chooses_the_interface(void **state)
{
	const struct source source = {{{htonl(0x20010db8), 0, 0, 1}}, 7};
	struct sample_peer peer = sample_peer(1);
	struct lookup lookup = {
		.peer = &peer.addr.sa, .len = peer.len, .now_s = &now_s, .socket = peer.socket};
	struct source chosen;

	(void)state;
	begin(64);
	receive_from(&peer, &source);
	assert_int_not_equal(select_source(&lookup, &chosen), CHOICE_NONE);
	assert_int_equal(chosen.ifindex, 0);
	lookup.names_interfaces = true;
	assert_int_not_equal(select_source(&lookup, &chosen), CHOICE_NONE);
	assert_int_equal(chosen.ifindex, 7);
}

/* What another socket has learnt may be an address of another interface. */
static void an_egress_of_its_own_follows_no_other_socket(void **state)
{
	struct tx_socket plain = {.flags = FD_MAY_FOLLOW}, other = {.flags = 0};
	struct tx_socket own = {.flags = FD_MAY_FOLLOW | FD_APP_EGRESS};

	(void)state;
	assert_true(tx_lookup(&plain, NULL, 0).follows);
	assert_false(tx_lookup(&own, NULL, 0).follows);
	assert_false(tx_lookup(&other, NULL, 0).follows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(learns_for_both_memories, begin_with_a_table),
		cmocka_unit_test(a_peer_is_answered_from_where_it_asked_last),
		cmocka_unit_test_setup(another_thread_has_the_table, begin_with_a_table),
		cmocka_unit_test_setup(forgets_from_both_memories, begin_with_a_table),
		cmocka_unit_test_setup(a_request_to_a_group_makes_forget, begin_with_a_table),
		cmocka_unit_test(without_a_table_the_last_datagram_serves),
		cmocka_unit_test_setup(what_is_answered_expires, begin_with_a_table),
		cmocka_unit_test_setup(a_busy_peer_stays_young, begin_with_a_table),
		cmocka_unit_test_setup(what_the_table_lost_is_told_again, begin_with_a_table),
		cmocka_unit_test_setup(v4_and_v4_mapped_are_one_peer, begin_with_a_table),
		cmocka_unit_test_setup(a_scope_distinguishes_link_local_peers, begin_with_a_table),
		cmocka_unit_test_setup(other_families_are_ignored, begin_with_a_table),
		cmocka_unit_test(interfaces_are_named_where_they_must_be),
		cmocka_unit_test(routing_chooses_the_interface),
		cmocka_unit_test(an_egress_of_its_own_follows_no_other_socket),
	};

	return cmocka_run_group_tests_name("select", tests, NULL, free_table);
}
