/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table compared with a model that never forgets: both learn the same. Each peer asks
 * several sockets, of which the first may not be followed.
 */
#include "table.h"

enum { SOCKETS = 3, ASKERS = 8 * SOCKETS, STEPS = 2000, SEEDS = 200 };

struct model {
	const struct peers *peers;
	struct dice dice;
	uint32_t now_s;
	bool has_odd; /* some entries are left odd too: then a learned peer need not be found */
	struct {
		bool is_known;
		uint32_t learned_s;
		struct source source;
	} last[ASKERS];
};

static struct peer_key key_of(uint32_t n)
{
	struct peer_key peer_key = sample_key(n / SOCKETS);

	peer_key.socket = n % SOCKETS;
	return peer_key;
}

static bool socket_may_be_followed(uint32_t n)
{
	return n % SOCKETS != 0;
}

static void model_learn(struct model *model, uint32_t n)
{
	const struct peer_key peer_key = key_of(n);
	const struct source source = sample_source(n, dice_below(&model->dice, 4));

	peers_learn(model->peers, &peer_key, &source, socket_may_be_followed(n), model->now_s);
	model->last[n].is_known = true;
	model->last[n].learned_s = model->now_s;
	model->last[n].source = source;
	if (!model->has_odd)
		assert_source(model->peers, &peer_key, model->now_s, &source);
}

static void model_forget(struct model *model, uint32_t n)
{
	const struct peer_key peer_key = key_of(n);

	peers_forget(model->peers, &peer_key);
	model->last[n].is_known = false;
}

static void model_forget_elsewhere(struct model *model, uint32_t n)
{
	const struct peer_key peer_key = key_of(n);

	peers_forget_elsewhere(model->peers, &peer_key);
	for (uint32_t m = n - n % SOCKETS; m < n - n % SOCKETS + SOCKETS; m++)
		if (socket_may_be_followed(m))
			model->last[m].is_known = false;
}

static bool model_says(
	const struct model *model, uint32_t n, const struct source *found, uint32_t most_s)
{
	return model->last[n].is_known && source_is_equal(found, &model->last[n].source) &&
	       model->now_s - model->last[n].learned_s <= most_s;
}

/* The table may know less than the model, but nothing else. */
static bool model_agrees(const struct model *model, uint32_t n)
{
	const struct peer_key peer_key = key_of(n);
	struct source found;

	return !peers_find(model->peers, &peer_key, model->now_s, &found) ||
	       model_says(model, n, &found, EXPIRY_S);
}

/* The same for what other sockets know about n's peer. */
static bool model_agrees_elsewhere(const struct model *model, uint32_t n)
{
	const struct peer_key peer_key = key_of(n);
	bool is_so = false;
	struct source found;

	if (!peers_find_elsewhere(model->peers, &peer_key, model->now_s, &found))
		return true;
	for (uint32_t m = n - n % SOCKETS; m < n - n % SOCKETS + SOCKETS; m++)
		is_so |= socket_may_be_followed(m) && model_says(model, m, &found, PEERS_FOLLOW_S);
	return is_so && peers_know(model->peers, &peer_key);
}

static void model_step(struct model *model, uint32_t n)
{
	uint32_t what = dice_below(&model->dice, 100);

	if (what < 60) {
		model_learn(model, n);
	} else if (what < 68) {
		model_forget(model, n);
	} else if (what < 70) {
		model_forget_elsewhere(model, n);
	} else if (what < 90) {
		model->now_s += dice_below(&model->dice, 3);
	} else if (what < 92) {
		model->now_s += dice_below(&model->dice, 2 * EXPIRY_S);
	} else if (what == 92 && model->has_odd && dice_below(&model->dice, 20) == 0) {
		table.entries[dice_below(&model->dice, capacity)].seq |= 1;
	}
}

static void compare_with_model(uint32_t seed, bool has_odd)
{
	struct model model = {
		.peers = make_table_with(16, EXPIRY_S, seed),
		.dice = {seed},
		.now_s = seed % 2 == 0 ? 1000 : UINT32_MAX - 2000,
		.has_odd = has_odd,
	};

	for (int step = 0; step < STEPS; step++) {
		model_step(&model, dice_below(&model.dice, ASKERS));
		for (uint32_t n = 0; n < ASKERS; n++)
			if (!model_agrees(&model, n) || !model_agrees_elsewhere(&model, n))
				fail_msg("seed %u, step %d: peer %u", seed, step, n);
	}
}

static void agrees_with_a_model(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= (uint32_t)runs(SEEDS); seed++)
		compare_with_model(seed, false);
}

static void agrees_with_a_model_while_writers_die(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= (uint32_t)runs(SEEDS); seed++)
		compare_with_model(seed, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_model),
		cmocka_unit_test(agrees_with_a_model_while_writers_die),
	};

	return cmocka_run_group_tests_name("peers_model", tests, NULL, free_table);
}
