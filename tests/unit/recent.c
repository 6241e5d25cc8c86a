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

static const struct peers_place nowhere = {&peers_nowhere, 1};

static void learn_from(const struct sample_peer *peer, const struct source *source,
	const struct peers_place *place, uint32_t now_s)
{
	recent_learn(&peer->addr.sa, peer->len, peer->our_port, source, place, now_s);
}

static bool find_from(const struct sample_peer *peer, uint32_t now_s, struct source *ret)
{
	return recent_find(&peer->addr.sa, peer->len, peer->our_port, now_s, EXPIRY_S, ret);
}

static void learn(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	learn_from(&peer, &source, &nowhere, now_s);
}

static bool find(uint32_t n, uint32_t now_s, struct source *ret)
{
	struct sample_peer peer = sample_peer(n);

	return find_from(&peer, now_s, ret);
}

static bool is_known(uint32_t n, uint32_t now_s)
{
	struct source ignored;

	return find(n, now_s, &ignored);
}

static void forget(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);

	recent_forget(&peer.addr.sa, peer.len, peer.our_port);
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
	recent = (struct recent){.generation = RECENT_EMPTY};
	return 0;
}

/* All zeroes is what an address of no family looks like, too. */
static void knows_nothing_at_first(void **state)
{
	const struct sample_peer zeroes = {.len = sizeof(struct sockaddr_in6)};
	struct source before = sample_source(1, 1), found = before;

	(void)state;
	assert_false(find_from(&zeroes, 0, &found));
	for (uint32_t n = 0; n < 4; n++)
		assert_false(find(n, 0, &found));
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

static void assert_unknown(const struct sample_peer *peer)
{
	struct source ignored;

	assert_false(find_from(peer, NOW_S, &ignored));
}

static void every_part_of_an_ipv4_peer_distinguishes(void **state)
{
	const struct sample_peer base = sample_peer(2);
	struct sample_peer others[] = {base, base, base, base, base};

	(void)state;
	others[0].addr.v4.sin_addr.s_addr ^= 1;
	others[1].addr.v4.sin_port ^= 1;
	others[2].addr.v4.sin_family = AF_UNSPEC;
	others[3].our_port ^= 1;
	others[4].len = sizeof(base.addr.v4) - 1;
	learn(2, 0, NOW_S);
	assert_found(2, 0, NOW_S);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_unknown(&others[i]);
}

static void every_part_of_an_ipv6_peer_distinguishes(void **state)
{
	const struct sample_peer base = sample_peer(1);
	struct sample_peer others[] = {base, base, base, base, base, base};

	(void)state;
	others[0].addr.v6.sin6_addr.s6_addr[0] ^= 1;
	others[1].addr.v6.sin6_addr.s6_addr[15] ^= 1;
	others[2].addr.v6.sin6_port ^= 1;
	others[3].addr.v6.sin6_scope_id = 1;
	others[4].our_port ^= 1;
	others[5].len = sizeof(base.addr.v4);
	learn(1, 0, NOW_S);
	assert_found(1, 0, NOW_S);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_unknown(&others[i]);
}

/* A program that writes the address anew leaves out what is no part of it. */
static void padding_and_flow_label_do_not_count(void **state)
{
	struct sample_peer v4 = sample_peer(2), v6 = sample_peer(1);
	struct source found;

	(void)state;
	learn(2, 0, NOW_S);
	memset(v4.addr.v4.sin_zero, 0x55, sizeof(v4.addr.v4.sin_zero));
	assert_true(find_from(&v4, NOW_S, &found));
	learn(1, 0, NOW_S);
	v6.addr.v6.sin6_flowinfo = htonl(0x12345);
	assert_true(find_from(&v6, NOW_S, &found));
}

/* An IPv4 peer's address is the shorter one: what stands behind it is an IPv6 peer's no more. */
static void families_follow_each_other(void **state)
{
	struct sample_peer mixed = sample_peer(1), v4 = sample_peer(2);

	(void)state;
	learn(1, 0, NOW_S);
	learn(2, 0, NOW_S);
	assert_unknown(&mixed);
	memcpy(&mixed.addr, &v4.addr, 8);
	mixed.addr.sa.sa_family = AF_INET6;
	assert_unknown(&mixed);
	assert_found(2, 0, NOW_S);
	learn(1, 1, NOW_S);
	assert_found(1, 1, NOW_S);
	assert_false(is_known(2, NOW_S));
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

static void outlives_the_wrap_of_its_generation(void **state)
{
	(void)state;
	for (unsigned int start = UINT32_MAX - 8; start != 2; start++) {
		recent.generation = start;
		learn(1, start, NOW_S);
		assert_found(1, start, NOW_S);
		learn(2, start, NOW_S);
		assert_found(2, start, NOW_S);
		assert_false(is_known(1, NOW_S));
	}
}

static bool is_same(uint32_t n, uint32_t k, uint32_t now_s)
{
	struct sample_peer peer = sample_peer(n);
	struct source source = sample_source(n, k);

	return recent_is_same(&peer.addr.sa, peer.len, peer.our_port, &source, now_s);
}

static void is_the_same_only_if_all_is(void **state)
{
	_Atomic uint32_t seq = 8;
	const struct peers_place place = {&seq, 8};
	struct sample_peer peer = sample_peer(1);
	struct source source = sample_source(1, 0);

	(void)state;
	assert_false(is_same(1, 0, NOW_S));
	learn_from(&peer, &source, &place, NOW_S);
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
		cmocka_unit_test_setup(every_part_of_an_ipv4_peer_distinguishes, empty),
		cmocka_unit_test_setup(every_part_of_an_ipv6_peer_distinguishes, empty),
		cmocka_unit_test_setup(padding_and_flow_label_do_not_count, empty),
		cmocka_unit_test_setup(families_follow_each_other, empty),
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
