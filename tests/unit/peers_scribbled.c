/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Another process that shares the entries keeps writing to them: random bytes, and the old content
 * with a few bits changed, so that lookups still match it. No process may crash, wait, or access
 * memory outside the entries (table.h guards both ends). The source itself may be wrong, because
 * the kernel checks it; but no interface may be named where none is allowed.
 */
#include "replies/last_peer.h"

#include "table.h"

#include "replies/select.h"
#include "replies/table.h"

#include <signal.h>
#include <sys/prctl.h>

enum { ASKERS = 64, STEPS = 300000, ENTRIES = 256, NOW_S = 1000 };

static void flip_bits(struct dice *dice, unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size / 16; i++)
		bytes[dice_below(dice, (uint32_t)size)] ^= 1 << dice_below(dice, 8);
}

static _Noreturn void scribble_until_killed(uint64_t seed)
{
	struct dice dice = {seed};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(60);
	for (;;) {
		if (dice_below(&dice, 4) == 0)
			dice_fill(&dice, table.entries, peers_size(capacity));
		else
			flip_bits(&dice, (unsigned char *)table.entries, peers_size(capacity));
	}
}

static bool is_within(const struct peers_place *place)
{
	const unsigned char *at = (const unsigned char *)place->seq;
	const unsigned char *begin = (const unsigned char *)table.entries;

	return place->seq == &peers_nowhere ||
	       (at >= begin && at < begin + peers_size(capacity) &&
		       (size_t)(at - begin) % sizeof(struct peer_entry) == 0);
}

static void use_table(struct dice *dice)
{
	uint32_t n = dice_below(dice, ASKERS);
	struct peer_key peer_key = sample_key(n);
	struct source source = sample_source(n, 1), ignored;
	struct peers_place place;

	peer_key.socket = dice_below(dice, 16);
	place = peers_learn(&table, &peer_key, &source, dice_below(dice, 2), NOW_S);
	assert_true(is_within(&place));
	peers_still_holds(&place);
	peer_key.socket = dice_below(dice, 16);
	peers_find(&table, &peer_key, NOW_S, &ignored);
	peers_find_elsewhere(&table, &peer_key, NOW_S, &ignored);
	peers_know(&table, &peer_key);
	if (dice_below(dice, 16) == 0)
		peers_forget_elsewhere(&table, &peer_key);
	peers_forget(&table, &peer_key);
}

static void use_select(struct dice *dice)
{
	struct sample_peer peer = sample_peer(dice_below(dice, ASKERS));
	struct source source = sample_source(1, 1), chosen;
	uint32_t now_s = NOW_S;
	const struct lookup lookup = {
		.peer = &peer.addr.sa,
		.len = peer.len,
		.now_s = &now_s,
		.socket = dice_below(dice, 16),
		.follows = true,
	};

	source.ifindex = 0;
	select_learn(lookup.peer, lookup.len, dice_below(dice, 16), &source, true, NOW_S);
	if (select_source(&lookup, &chosen) != CHOICE_NONE)
		assert_true(chosen.ifindex == 0 || address_is_link_local(&chosen.addr));
	if (dice_below(dice, 16) == 0)
		select_forget(&lookup);
}

static void check_while_scribbled(uint32_t entries, void (*use)(struct dice *dice))
{
	struct dice dice = {entries};
	pid_t child;

	make_table(entries);
	atomic_store(&table_peers, &table);
	child = fork();
	if (child == 0)
		scribble_until_killed(entries);
	assert_int_not_equal(child, -1);
	for (int step = 0; step < runs(STEPS); step++)
		use(&dice);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void the_table_comes_to_no_harm(void **state)
{
	(void)state;
	check_while_scribbled(ONE_BUCKET, use_table);
	check_while_scribbled(ENTRIES, use_table);
}

static void nor_does_who_selects_by_it(void **state)
{
	(void)state;
	check_while_scribbled(ONE_BUCKET, use_select);
	check_while_scribbled(ENTRIES, use_select);
}

/* Without a second process, changes each entry before each use, which a race of two processors
 * cannot. */
static void nothing_that_can_stand_there_matters(void **state)
{
	struct dice dice = {1};

	(void)state;
	make_table(ONE_BUCKET);
	for (int step = 0; step < runs(STEPS); step++) {
		if (step % 8 == 0)
			dice_fill(&dice, table.entries, peers_size(capacity));
		else
			flip_bits(&dice, (unsigned char *)table.entries, peers_size(capacity));
		use_table(&dice);
	}
}

static int end_hangs(void **state)
{
	(void)state;
	alarm(120);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_comes_to_no_harm),
		cmocka_unit_test(nor_does_who_selects_by_it),
		cmocka_unit_test(nothing_that_can_stand_there_matters),
	};

	return cmocka_run_group_tests_name("peers_scribbled", tests, end_hangs, free_table);
}
