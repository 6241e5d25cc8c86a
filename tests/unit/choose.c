/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two memories together: the thread's last datagram first, then the table; what is learnt
 * reaches both and what is forgotten leaves both.
 */
#include "memories.h"

#include <pthread.h>

static void learn(struct knowledge *in, uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	learn_from(in, &peer, &source);
}

static void forget(struct knowledge *in, uint32_t n)
{
	struct sample_peer peer = sample_peer(n);

	choose_forget(in, &peer.addr.sa, peer.len, peer.our_port);
}

static bool is_in_table(uint32_t n)
{
	struct asker asker = sample_asker(n);
	struct source ignored;

	return peers_find(known.peers, &asker, now_s, &ignored);
}

static bool is_the_last(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	struct source ignored;

	return recent_find(&peer.addr.sa, peer.len, peer.our_port, now_s, EXPIRY_S, &ignored);
}

static void assert_chosen(struct knowledge *in, uint32_t n, uint32_t k)
{
	struct sample_peer peer = sample_peer(n);
	struct source chosen, expected = sample_source(n, k);

	assert_true(choose_for(in, &peer, &chosen));
	assert_memory_equal(&chosen, &expected, sizeof(chosen));
}

static void assert_not_chosen(struct knowledge *in, uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	struct source before = sample_source(9, 9), chosen = before;

	assert_false(choose_for(in, &peer, &chosen));
	assert_memory_equal(&chosen, &before, sizeof(chosen));
}

static void learns_for_both_memories(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 2; n++) {
		assert_not_chosen(&known, n);
		learn(&known, n, 0);
		assert_chosen(&known, n, 0);
		assert_true(is_the_last(n));
		assert_true(is_in_table(n));
	}
}

/* Another thread has received from the same peer since; an answer to what this one received leaves
 * from where this one was asked. */
static void the_threads_last_datagram_comes_first(void **state)
{
	struct asker asker = sample_asker(1);
	struct source elsewhere = sample_source(1, 1);

	(void)state;
	learn(&known, 1, 0);
	peers_learn(known.peers, &asker, &elsewhere, now_s);
	assert_chosen(&known, 1, 0);
	learn(&known, 2, 0);
	assert_chosen(&known, 1, 1);
	assert_chosen(&known, 2, 0);
}

static void *choose_in_another_thread(void *arg)
{
	struct sample_peer peer = sample_peer(1);

	if (!choose_for(&known, &peer, arg))
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
	(void)state;
	learn(&known, 1, 0);
	learn(&known, 2, 0);
	forget(&known, 1);
	assert_not_chosen(&known, 1);
	assert_chosen(&known, 2, 0);
	forget(&known, 2);
	assert_not_chosen(&known, 2);
	learn(&known, 2, 1);
	assert_chosen(&known, 2, 1);
}

/* A peer that was known by a unicast request sends to a group: the kernel chooses as bare. */
static void a_request_to_a_group_makes_forget(void **state)
{
	static const struct source nobody;
	struct sample_peer peer = sample_peer(1);

	(void)state;
	learn(&known, 1, 0);
	learn_from(&known, &peer, &nobody);
	assert_not_chosen(&known, 1);
	assert_false(is_in_table(1));
	learn(&known, 1, 1);
	assert_chosen(&known, 1, 1);
}

static void without_a_table_the_last_datagram_serves(void **state)
{
	(void)state;
	assert_not_chosen(&without_table, 1);
	learn(&without_table, 1, 0);
	assert_chosen(&without_table, 1, 0);
	learn(&without_table, 1, 1);
	assert_chosen(&without_table, 1, 1);
	learn(&without_table, 2, 0);
	assert_not_chosen(&without_table, 1);
	assert_chosen(&without_table, 2, 0);
	forget(&without_table, 2);
	assert_not_chosen(&without_table, 2);
}

static void both_memories_expire(void **state)
{
	(void)state;
	learn(&known, 1, 0);
	now_s += EXPIRY_S;
	assert_chosen(&known, 1, 0);
	now_s++;
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
		now_s++;
	}
	learn(&known, 2, 0);
	assert_chosen(&known, 1, 0);
}

/* What was pushed out of the table comes back with the next datagram, in the same second too. */
static void what_the_table_lost_is_told_again(void **state)
{
	struct asker asker = sample_asker(1);

	(void)state;
	learn(&known, 1, 0);
	peers_forget(known.peers, &asker);
	assert_false(is_in_table(1));
	learn(&known, 1, 0);
	assert_true(is_in_table(1));
}

/* The dual-stack socket that received shows the peer as v4-mapped; the IPv4 socket that answers
 * names it as it is. */
static void v4_and_v4_mapped_are_one_peer(void **state)
{
	struct sample_peer plain = sample_peer(2), mapped = sample_peer(1);
	struct asker asker = sample_asker(2);
	struct source source = sample_source(2, 0), chosen;

	(void)state;
	mapped.addr.v6.sin6_addr = address_to_v6(&asker.addr);
	mapped.addr.v6.sin6_port = plain.addr.v4.sin_port;
	learn_from(&known, &mapped, &source);
	assert_true(choose_for(&known, &plain, &chosen));
	assert_true(choose_for(&known, &mapped, &chosen));
	choose_forget(&known, &plain.addr.sa, plain.len, plain.our_port);
	assert_false(choose_for(&known, &plain, &chosen));
}

/* What is no address of ours to judge goes by as if it were not there. */
static void other_families_are_nobody(void **state)
{
	struct sample_peer peer = sample_peer(1);
	struct source source = sample_source(1, 0), chosen;

	(void)state;
	peer.addr.sa.sa_family = AF_UNIX;
	learn_from(&known, &peer, &source);
	assert_false(choose_for(&known, &peer, &chosen));
	choose_forget(&known, &peer.addr.sa, peer.len, peer.our_port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(learns_for_both_memories, start_anew),
		cmocka_unit_test_setup(the_threads_last_datagram_comes_first, start_anew),
		cmocka_unit_test_setup(another_thread_has_the_table, start_anew),
		cmocka_unit_test_setup(forgets_from_both_memories, start_anew),
		cmocka_unit_test_setup(a_request_to_a_group_makes_forget, start_anew),
		cmocka_unit_test_setup(without_a_table_the_last_datagram_serves, start_anew),
		cmocka_unit_test_setup(both_memories_expire, start_anew),
		cmocka_unit_test_setup(a_busy_peer_stays_young, start_anew),
		cmocka_unit_test_setup(what_the_table_lost_is_told_again, start_anew),
		cmocka_unit_test_setup(v4_and_v4_mapped_are_one_peer, start_anew),
		cmocka_unit_test_setup(other_families_are_nobody, start_anew),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
