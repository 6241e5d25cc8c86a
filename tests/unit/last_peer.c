/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last-peer cache: the thread's last datagram and no other. */
#include "received.h"

#include <pthread.h>

/* An address without a family is all zeroes too. */
static void knows_nothing_at_first(void **state)
{
	const struct sample_peer zeroes = {.len = sizeof(struct sockaddr_in6)};
	struct source before = sample_source(1, 1), found = before;

	(void)state;
	assert_false(find_from(&zeroes, &found));
	for (uint32_t n = 0; n < 4; n++)
		assert_false(find(n, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void finds_the_last_datagram_only(void **state)
{
	struct source before = sample_source(9, 9), found = before;

	(void)state;
	learn(1, 0);
	assert_found(1, 0);
	learn(1, 1);
	assert_found(1, 1);
	learn(2, 0);
	assert_found(2, 0);
	assert_false(find(1, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void assert_unknown(const struct sample_peer *peer)
{
	struct source ignored;

	assert_false(find_from(peer, &ignored));
	assert_false(answer_to(peer, &ignored));
}

static void every_part_of_an_ipv4_peer_distinguishes(void **state)
{
	const struct sample_peer base = sample_peer(2);
	struct sample_peer others[] = {base, base, base, base, base};

	(void)state;
	others[0].addr.v4.sin_addr.s_addr ^= 1;
	others[1].addr.v4.sin_port ^= 1;
	others[2].addr.v4.sin_family = AF_UNSPEC;
	others[3].socket ^= 1;
	others[4].len = sizeof(base.addr.v4) - 1;
	learn(2, 0);
	assert_found(2, 0);
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
	others[4].socket ^= 1;
	others[5].len = sizeof(base.addr.v4);
	learn(1, 0);
	assert_found(1, 0);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_unknown(&others[i]);
}

/* A program that writes the address itself leaves padding out. */
static void padding_and_flow_label_do_not_count(void **state)
{
	struct sample_peer v4 = sample_peer(2), v6 = sample_peer(1);
	struct source found;

	(void)state;
	learn(2, 0);
	memset(v4.addr.v4.sin_zero, 0x55, sizeof(v4.addr.v4.sin_zero));
	assert_true(find_from(&v4, &found));
	learn(1, 0);
	v6.addr.v6.sin6_flowinfo = htonl(0x12345);
	assert_true(find_from(&v6, &found));
}

/* An IPv4 address is shorter: the bytes after it must not count as those of an IPv6 peer. */
static void families_follow_each_other(void **state)
{
	struct sample_peer mixed = sample_peer(1), v4 = sample_peer(2);

	(void)state;
	learn(1, 0);
	learn(2, 0);
	assert_unknown(&mixed);
	memcpy(&mixed.addr, &v4.addr, 8);
	mixed.addr.sa.sa_family = AF_INET6;
	assert_unknown(&mixed);
	assert_found(2, 0);
	learn(1, 1);
	assert_found(1, 1);
	assert_false(is_known(2));
}

static void an_answer_is_noted(void **state)
{
	struct source found, before = sample_source(9, 9), expected = sample_source(1, 0);

	(void)state;
	learn(1, 0);
	assert_false(state_of(1).is_answered);
	assert_true(answer(1, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
	assert_true(state_of(1).is_answered);
	found = before;
	assert_false(answer(1, &found));
	assert_memory_equal(&found, &before, sizeof(found));
	learn(1, 1);
	assert_false(state_of(1).is_answered);
	last_peer_note_answered();
	assert_true(state_of(1).is_answered);
	/* The second time changes nothing. */
	last_peer_note_answered();
	assert_true(state_of(1).is_answered);
	assert_found(1, 1);
}

static void says_whether_the_table_has_changed(void **state)
{
	struct source ignored;

	(void)state;
	learn(1, 0);
	assert_true(state_of(1).still_holds);
	assert_int_equal(state_of(1).stamp_s, NOW_S);
	table_seq += 2;
	assert_false(state_of(1).still_holds);
	assert_false(answer(1, &ignored));
	assert_false(state_of(1).is_answered);
	assert_found(1, 0);
}

static void forgets_this_peer_only(void **state)
{
	(void)state;
	learn(1, 0);
	forget(2);
	assert_found(1, 0);
	forget(1);
	assert_false(is_known(1));
	learn(1, 1);
	assert_found(1, 1);
}

static void outlives_the_wrap_of_its_generation(void **state)
{
	(void)state;
	for (unsigned int start = UINT32_MAX - 8; start != 2; start++) {
		last_peer.generation = start;
		learn(1, start);
		assert_found(1, start);
		learn(2, start);
		assert_found(2, start);
		assert_false(is_known(1));
	}
}

static bool repeat_v4(uint32_t n, struct in_addr source, uint32_t now_s)
{
	struct sample_peer peer = sample_peer(n);

	return last_peer_repeat_v4(&peer.addr.sa, peer.len, peer.socket, source, now_s);
}

static void is_repeated_only_if_all_is_the_same(void **state)
{
	(void)state;
	assert_false(repeat(1, 0, NOW_S));
	learn(1, 0);
	assert_true(repeat(1, 0, NOW_S));
	assert_false(repeat(2, 0, NOW_S));
	assert_false(repeat(1, 1, NOW_S));
	assert_false(repeat(1, 0, NOW_S + 1));
	table_seq += 2;
	assert_false(repeat(1, 0, NOW_S));
	table_seq -= 2;
	assert_true(repeat(1, 0, NOW_S));
	forget(1);
	assert_false(repeat(1, 0, NOW_S));
}

static void is_repeated_in_ipv4_only_if_all_is_the_same(void **state)
{
	const struct in_addr here = {htonl(0x7f000002)}, there = {htonl(0x7f000003)};
	struct source source = {.addr = address_from_v4(here)};
	struct sample_peer v4 = sample_peer(2);

	(void)state;
	learn_from(&v4, &source);
	assert_true(repeat_v4(2, here, NOW_S));
	assert_false(repeat_v4(2, there, NOW_S));
	assert_false(repeat_v4(4, here, NOW_S));
	assert_false(repeat_v4(2, here, NOW_S + 1));
	table_seq += 2;
	assert_false(repeat_v4(2, here, NOW_S));
	/* A source with an interface is another one, and an IPv6 peer does not match. */
	source.ifindex = 3;
	learn_from(&v4, &source);
	assert_false(repeat_v4(2, here, NOW_S));
	learn(1, 0);
	assert_false(repeat_v4(1, here, NOW_S));
}

static void what_is_repeated_waits_for_an_answer(void **state)
{
	struct source found;

	(void)state;
	learn(1, 0);
	for (int i = 0; i < 10; i++) {
		assert_true(answer(1, &found));
		assert_true(repeat(1, 0, NOW_S));
		assert_true(repeat(1, 0, NOW_S));
		assert_false(state_of(1).is_answered);
	}
}

static void is_never_repeated_where_no_table_holds_it(void **state)
{
	(void)state;
	learn(1, 0);
	last_peer.place = PEERS_NOWHERE;
	assert_false(repeat(1, 0, NOW_S));
	assert_found(1, 0);
}

static void *look_from_another_thread(void *arg)
{
	*(bool *)arg = is_known(1);
	learn(2, 0);
	return NULL;
}

static void each_thread_has_its_own(void **state)
{
	pthread_t thread;
	bool is_known_there = true;

	(void)state;
	learn(1, 0);
	assert_int_equal(
		pthread_create(&thread, NULL, look_from_another_thread, &is_known_there), 0);
	pthread_join(thread, NULL);
	assert_false(is_known_there);
	assert_found(1, 0);
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
		cmocka_unit_test_setup(an_answer_is_noted, empty),
		cmocka_unit_test_setup(says_whether_the_table_has_changed, empty),
		cmocka_unit_test_setup(forgets_this_peer_only, empty),
		cmocka_unit_test_setup(outlives_the_wrap_of_its_generation, empty),
		cmocka_unit_test_setup(is_repeated_only_if_all_is_the_same, empty),
		cmocka_unit_test_setup(is_repeated_in_ipv4_only_if_all_is_the_same, empty),
		cmocka_unit_test_setup(what_is_repeated_waits_for_an_answer, empty),
		cmocka_unit_test_setup(is_never_repeated_where_no_table_holds_it, empty),
		cmocka_unit_test_setup(each_thread_has_its_own, empty),
	};

	return cmocka_run_group_tests_name("last_peer", tests, NULL, NULL);
}
