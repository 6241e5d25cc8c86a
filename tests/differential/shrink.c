/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shrinks sequences: drops steps by halves, quarters, ..., one by one, then simplifies arguments.
 */
#include "shrink.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

/* A hanging sequence takes seconds each time it is tried. */
enum { TRIES = 400 };

static int tries;

static bool differs_once(const struct plan *plan)
{
	struct runs_of runs = run_one(plan);
	bool differs = !lines_are_equal(&runs.bare, &runs.with);

	runs_free(&runs);
	return differs;
}

static bool is_steady(const struct plan *plan)
{
	struct lines first = run_one_bare(plan), second = run_one_bare(plan);
	bool is_equal = lines_are_equal(&first, &second);

	free(first.text);
	free(second.text);
	return is_equal;
}

bool shrink_differs(const struct plan *plan)
{
	return differs_once(plan) && is_steady(plan) && differs_once(plan);
}

/* Keeps the change to *plan if it still differs. */
static bool try(struct plan *plan, const struct plan *changed)
{
	if (tries >= TRIES || !shrink_differs(changed))
		return false;
	tries++;
	*plan = *changed;
	return true;
}

static void drop(struct plan *plan, int from, int count)
{
	bool keep[STEPS];

	for (int i = 0; i < STEPS; i++)
		keep[i] = i < from || i >= from + count;
	plan_keep(plan, keep);
}

static void drop_steps(struct plan *plan)
{
	for (int size = plan->count / 2; size > 0; size /= 2)
		for (int from = plan->count - size; from >= 0; from -= size) {
			struct plan changed = *plan;

			drop(&changed, from, size);
			try(plan, &changed);
			if (from > plan->count)
				from = plan->count;
		}
}

/* One simplification of a step; false if there is nothing to simplify. */
static bool simplify(struct step *step, int which)
{
	const struct step before = *step;

	switch (which) {
	case 0:
		step->by_vfork = false;
		break;
	case 1:
		step->thread = 0;
		break;
	case 2:
		step->process = 0;
		break;
	case 3:
		step->bad = BAD_NONE;
		break;
	case 4:
		step->has_two_parts = false;
		break;
	case 5:
		step->control = CONTROL_NONE;
		break;
	case 6:
		step->name.cut = 0;
		break;
	case 7:
		if (step->op == OP_RECEIVE || step->op == OP_SEND)
			step->flags = 0;
		break;
	case 8:
		if (step->op == OP_SEND && step->len > 16)
			step->len = 16;
		break;
	case 9:
		if (step->count > 1)
			step->count = 1;
		break;
	case 10:
		if (step->op == OP_RECEIVE)
			step->control_size = 0;
		break;
	default:
		break;
	}
	return memcmp(&before, step, sizeof(before)) != 0;
}

enum { SIMPLIFICATIONS = 11 };

static void simplify_steps(struct plan *plan)
{
	for (int i = 0; i < plan->count; i++)
		for (int which = 0; which < SIMPLIFICATIONS; which++) {
			struct plan changed = *plan;

			if (simplify(&changed.steps[i], which)) {
				drop(&changed, STEPS, 0);
				try(plan, &changed);
			}
		}
}

void shrink(struct plan *plan)
{
	int before;

	tries = 0;
	do {
		before = plan->count;
		drop_steps(plan);
	} while (plan->count < before);
	simplify_steps(plan);
	drop_steps(plan);
}
