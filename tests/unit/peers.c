/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table: it returns what it learned last and nothing else, and evicts the right entries
 * when it is full.
 */
#include "replies/last_peer.h"

#include "table.h"

static void finds_what_was_learned(void **state)
{
	const struct peers *peers = make_table(8192);

	(void)state;
	for (uint32_t n = 0; n < 100; n++)
		learn(peers, n, n, 10);
	for (uint32_t n = 0; n < 100; n++)
		assert_found(peers, n, n, 10);
}

static void leaves_what_it_does_not_know(void **state)
{
	const struct peers *peers = make_table(16);
	struct source before = sample_source(3, 3), found = before;

	(void)state;
	assert_false(find(peers, 1, 10, &found));
	learn(peers, 1, 0, 10);
	assert_false(find(peers, 2, 10, &found));
	assert_false(find(peers, 1, 11 + EXPIRY_S, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void the_last_source_counts(void **state)
{
	const struct peers *peers = make_table(16);

	(void)state;
	for (uint32_t k = 0; k < 10; k++) {
		learn(peers, 1, k, 10);
		assert_found(peers, 1, k, 10);
	}
	learn(peers, 1, 0, 10);
	assert_found(peers, 1, 0, 10);
}

static void every_part_of_a_key_distinguishes(void **state)
{
	const struct peers *peers = make_table(16);
	const struct peer_key base = sample_key(1);
	struct peer_key others[] = {base, base, base, base, base};
	struct source source = sample_source(0, 0), ignored;

	(void)state;
	others[0].addr.word[0] ^= 1;
	others[1].addr.word[3] ^= 1;
	others[2].addr.word[1] ^= htonl(2);
	others[3].port ^= 1;
	others[4].socket ^= 1;
	peers_learn(peers, &base, &source, true, 10);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(peers_find(peers, &others[i], 10, &ignored));
}

/* One peer asks two sockets, at two addresses. */
static void sockets_do_not_mix(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peer_key first = sample_key(1), second = first;
	struct source a = sample_source(1, 1), b = sample_source(1, 2);

	(void)state;
	second.socket = 123;
	peers_learn(peers, &first, &a, true, 10);
	peers_learn(peers, &second, &b, true, 10);
	assert_source(peers, &first, 10, &a);
	assert_source(peers, &second, 10, &b);
	peers_forget(peers, &first);
	assert_false(peers_find(peers, &first, 10, &a));
	assert_source(peers, &second, 10, &b);
}

/* One peer asks many sockets, each at an address of its own: none evicts another, even from a table
 * of just this size. */
static void all_sockets_of_a_peer_are_remembered(void **state)
{
	enum { SOCKETS = PEERS_NEIGHBOURS * PEERS_WAYS };

	(void)state;
	for (uint32_t size = SOCKETS; size <= 16384; size *= 2) {
		const struct peers *peers = make_table_with(size, EXPIRY_S, size);
		struct peer_key peer_key = sample_key(size);

		for (uint32_t i = 0; i < SOCKETS; i++) {
			struct source source = sample_source(1, i);

			peer_key.socket = UINT32_MAX - 10 + i;
			peers_learn(peers, &peer_key, &source, false, 10);
		}
		for (uint32_t i = 0; i < SOCKETS; i++) {
			struct source source = sample_source(1, i);

			peer_key.socket = UINT32_MAX - 10 + i;
			assert_source(peers, &peer_key, 10, &source);
		}
	}
}

static void forgets_this_peer_only(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 10);
	forget(peers, 2);
	forget(peers, 77);
	assert_false(is_known(peers, 2, 10));
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		if (n != 2)
			assert_found(peers, n, 0, 10);
	learn(peers, 2, 5, 10);
	assert_found(peers, 2, 5, 10);
}

/* A forgotten entry is evicted first, however young it is. */
static void a_forgotten_entry_is_taken_first(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 10 + n);
	forget(peers, 3);
	learn(peers, 9, 0, 20);
	for (uint32_t n = 0; n < 3; n++)
		assert_found(peers, n, 0, 20);
	assert_found(peers, 9, 0, 20);
}

static void expires(void **state)
{
	const struct peers *peers = make_table(16);

	(void)state;
	learn(peers, 1, 0, 10);
	assert_found(peers, 1, 0, 10 + EXPIRY_S);
	assert_false(is_known(peers, 1, 11 + EXPIRY_S));
	learn(peers, 1, 0, 10 + EXPIRY_S);
	assert_found(peers, 1, 0, 10 + 2 * EXPIRY_S);
	assert_false(is_known(peers, 1, 11 + 2 * EXPIRY_S));
	learn(peers, 1, 0, 5000);
	assert_found(peers, 1, 0, 5000);
}

/* Another process has read the clock a moment before the one that learned. */
static void a_clock_slightly_late_is_no_age(void **state)
{
	const struct peers *peers = make_table(16);

	(void)state;
	learn(peers, 1, 0, 1000);
	assert_found(peers, 1, 0, 999);
	learn(peers, 2, 0, 0);
	assert_found(peers, 2, 0, UINT32_MAX);
}

/* An entry from before the clock was set back is from the far future. */
static void a_clock_set_back_makes_forget(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 100000 + n);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		assert_false(is_known(peers, n, 1000));
	learn(peers, 9, 0, 1000);
	learn(peers, 10, 0, 1000);
	assert_found(peers, 9, 0, 1000);
	assert_found(peers, 10, 0, 1000);
}

static void expires_across_the_wrap_of_the_clock(void **state)
{
	const struct peers *peers = make_table(16);
	const uint32_t now_s = UINT32_MAX - 5;

	(void)state;
	learn(peers, 1, 0, now_s);
	assert_found(peers, 1, 0, UINT32_MAX);
	assert_found(peers, 1, 0, 0);
	assert_found(peers, 1, 0, now_s + EXPIRY_S);
	assert_false(is_known(peers, 1, now_s + EXPIRY_S + 1));
}

static void replaces_the_oldest_from(uint32_t start_s)
{
	const struct peers *peers = make_table(ONE_BUCKET);

	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, start_s + n);
	learn(peers, 0, 0, start_s + 5); /* refreshed, so 1 is now the oldest */
	learn(peers, 9, 0, start_s + 6);
	assert_false(is_known(peers, 1, start_s + 6));
	learn(peers, 10, 0, start_s + 7);
	assert_false(is_known(peers, 2, start_s + 7));
	assert_found(peers, 0, 0, start_s + 7);
	assert_found(peers, 3, 0, start_s + 7);
	assert_found(peers, 9, 0, start_s + 7);
	assert_found(peers, 10, 0, start_s + 7);
}

static void replaces_the_oldest(void **state)
{
	(void)state;
	replaces_the_oldest_from(10);
}

static void replaces_the_oldest_across_the_wrap(void **state)
{
	(void)state;
	replaces_the_oldest_from(UINT32_MAX - 3);
	replaces_the_oldest_from(UINT32_MAX - 6);
}

static void a_place_holds_until_something_changes_there(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place first = learn(peers, 1, 0, 10), again, changed;

	(void)state;
	assert_true(peers_still_holds(&first));
	again = learn(peers, 1, 0, 11);
	assert_ptr_equal(again.seq, first.seq);
	assert_true(peers_still_holds(&first));
	assert_true(peers_still_holds(&again));
	changed = learn(peers, 1, 1, 11);
	assert_false(peers_still_holds(&first));
	assert_true(peers_still_holds(&changed));
	forget(peers, 1);
	assert_false(peers_still_holds(&changed));
}

static void a_place_given_to_another_holds_no_more(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 0, 0, 10);

	(void)state;
	for (uint32_t n = 1; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 11);
	assert_true(peers_still_holds(&place));
	learn(peers, 9, 0, 12);
	assert_false(peers_still_holds(&place));
}

static void nowhere_holds_nothing(void **state)
{
	const struct peers_place nowhere = PEERS_NOWHERE;

	(void)state;
	assert_false(peers_still_holds(&nowhere));
}

static void an_entry_left_odd_costs_itself_alone(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 0, 0, 10);
	uint32_t odd;

	(void)state;
	kill_writer_of(&place);
	odd = *place.seq;
	assert_false(is_known(peers, 0, 10));
	/* The three other entries still work, and the peer that lost its entry gets another. */
	for (uint32_t n = 0; n < ONE_BUCKET - 1; n++)
		learn(peers, n, 1, 11);
	for (uint32_t n = 0; n < ONE_BUCKET - 1; n++)
		assert_found(peers, n, 1, 11);
	for (uint32_t n = 20; n < 40; n++) {
		learn(peers, n, 0, 12);
		assert_found(peers, n, 0, 12);
	}
	forget(peers, 0);
	assert_int_equal(*place.seq, odd);
	assert_int_equal(count_odd(), 1);
}

/* Two simultaneous writers, the first of them delayed in the middle, put one peer into two entries.
 * What is learned later counts, even after another peer takes one of the two. */
static void a_peer_in_two_entries_is_one_peer(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 1, 0, 10);
	struct source found, last = sample_source(1, 2);

	(void)state;
	kill_writer_of(&place);
	learn(peers, 1, 1, 10);
	kill_writer_of(&place); /* the writer continues: the count is even again */
	assert_int_equal(count_odd(), 0);
	learn(peers, 1, 2, 10);
	assert_found(peers, 1, 2, 10);
	for (uint32_t n = 20; n < 20 + ONE_BUCKET; n++) {
		learn(peers, n, 0, 11);
		if (find(peers, 1, 11, &found))
			assert_memory_equal(&found, &last, sizeof(last));
	}
}

static void a_peer_in_two_entries_is_forgotten_in_both(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 1, 0, 10);

	(void)state;
	kill_writer_of(&place);
	learn(peers, 1, 1, 10);
	kill_writer_of(&place);
	forget(peers, 1);
	assert_false(is_known(peers, 1, 10));
}

static void a_bucket_of_odd_entries_knows_nothing(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place places[ONE_BUCKET], place;

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		places[n] = learn(peers, n, 0, 10);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		kill_writer_of(&places[n]);
	for (uint32_t n = 0; n < 2 * ONE_BUCKET; n++) {
		place = learn(peers, n, 1, 10);
		assert_false(peers_still_holds(&place));
		assert_false(is_known(peers, n, 10));
		forget(peers, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_learned),
		cmocka_unit_test(leaves_what_it_does_not_know),
		cmocka_unit_test(the_last_source_counts),
		cmocka_unit_test(every_part_of_a_key_distinguishes),
		cmocka_unit_test(sockets_do_not_mix),
		cmocka_unit_test(all_sockets_of_a_peer_are_remembered),
		cmocka_unit_test(forgets_this_peer_only),
		cmocka_unit_test(a_forgotten_entry_is_taken_first),
		cmocka_unit_test(expires),
		cmocka_unit_test(a_clock_slightly_late_is_no_age),
		cmocka_unit_test(a_clock_set_back_makes_forget),
		cmocka_unit_test(expires_across_the_wrap_of_the_clock),
		cmocka_unit_test(replaces_the_oldest),
		cmocka_unit_test(replaces_the_oldest_across_the_wrap),
		cmocka_unit_test(a_place_holds_until_something_changes_there),
		cmocka_unit_test(a_place_given_to_another_holds_no_more),
		cmocka_unit_test(nowhere_holds_nothing),
		cmocka_unit_test(an_entry_left_odd_costs_itself_alone),
		cmocka_unit_test(a_peer_in_two_entries_is_one_peer),
		cmocka_unit_test(a_peer_in_two_entries_is_forgotten_in_both),
		cmocka_unit_test(a_bucket_of_odd_entries_knows_nothing),
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, free_table);
}
