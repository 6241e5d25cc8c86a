/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of peers against a model of it that never forgets: both are told the same. */
#include "table.h"

enum { MODEL_ASKERS = 24, MODEL_STEPS = 2000, MODEL_SEEDS = 200 };

struct model {
	struct peers *peers;
	struct dice dice;
	uint32_t now_s;
	bool has_odd; /* entries go odd as well: then what is learnt need not be found */
	struct {
		bool is_known;
		uint32_t learnt_s;
		struct source source;
	} last[MODEL_ASKERS];
};

static void model_learn(struct model *model, uint32_t n)
{
	uint32_t k = dice_below(&model->dice, 4);

	learn(model->peers, n, k, model->now_s);
	model->last[n].is_known = true;
	model->last[n].learnt_s = model->now_s;
	model->last[n].source = sample_source(n, k);
	if (!model->has_odd)
		assert_found(model->peers, n, k, model->now_s);
}

/* What the table knows must be what the model knows; it may know less. */
static bool model_agrees(struct model *model, uint32_t n)
{
	struct source found;

	if (!find(model->peers, n, model->now_s, &found))
		return true;
	return model->last[n].is_known && source_is_equal(&found, &model->last[n].source) &&
	       model->now_s - model->last[n].learnt_s <= EXPIRY_S;
}

static void model_step(struct model *model, uint32_t n)
{
	uint32_t what = dice_below(&model->dice, 100);

	if (what < 60) {
		model_learn(model, n);
	} else if (what < 70) {
		forget(model->peers, n);
		model->last[n].is_known = false;
	} else if (what < 90) {
		model->now_s += dice_below(&model->dice, 3);
	} else if (what < 92) {
		model->now_s += dice_below(&model->dice, 2 * EXPIRY_S);
	} else if (what == 92 && model->has_odd && dice_below(&model->dice, 20) == 0) {
		*seq_at(dice_below(&model->dice, capacity)) |= 1;
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

	for (int step = 0; step < MODEL_STEPS; step++) {
		model_step(&model, dice_below(&model.dice, MODEL_ASKERS));
		for (uint32_t n = 0; n < MODEL_ASKERS; n++)
			if (!model_agrees(&model, n))
				fail_msg("seed %u, step %d: asker %u", seed, step, n);
	}
}

static void agrees_with_a_model(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= MODEL_SEEDS; seed++)
		compare_with_model(seed, false);
}

static void agrees_with_a_model_while_writers_die(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= MODEL_SEEDS; seed++)
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
