/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modes, and what is left of a sequence when steps are dropped. */
#include "differential.h"

#include <stdlib.h>
#include <string.h>

const char *const mode_names[MODES] = {
	"off", "auto", "force", "default", "dual", "interface", "sources"};

/* Sequences of each mode take turns by twenty, so that a short run has all. */
enum mode plan_mode(int number)
{
	static const enum mode turns[] = {MODE_OFF, MODE_OFF, MODE_OFF, MODE_OFF, MODE_OFF,
		MODE_OFF, MODE_AUTO, MODE_AUTO, MODE_AUTO, MODE_AUTO, MODE_FORCE, MODE_FORCE,
		MODE_DEFAULT, MODE_DEFAULT, MODE_DUAL, MODE_DUAL, MODE_INTERFACE, MODE_SOURCES,
		MODE_SOURCES, MODE_SOURCES};

	return turns[(size_t)number % COUNT_OF(turns)];
}

const char *const *mode_settings(enum mode mode)
{
	static const char *const settings[MODES][4] = {
		[MODE_OFF] = {"BINDRIGHT_V6ONLY=off"},
		[MODE_AUTO] = {"BINDRIGHT_V6ONLY=auto"},
		[MODE_FORCE] = {"BINDRIGHT_V6ONLY=force"},
		[MODE_DEFAULT] = {"BINDRIGHT_V6ONLY=default"},
		[MODE_DUAL] = {"BINDRIGHT_V6ONLY=dual"},
		[MODE_INTERFACE] = {"BINDRIGHT_V6ONLY=off", "BINDRIGHT_REPLY=interface"},
		[MODE_SOURCES] = {"BINDRIGHT_V6ONLY=off"},
	};

	return settings[mode];
}

bool plan_parse(const char *text, bool keep[STEPS])
{
	memset(keep, 0, sizeof(bool) * STEPS);
	while (*text != '\0') {
		char *end;
		long step = strtol(text, &end, 10);

		if (end == text || step < 0 || step >= STEPS || (*end != ',' && *end != '\0'))
			return false;
		keep[step] = true;
		text = *end == ',' ? end + 1 : end;
	}
	return true;
}

struct life {
	bool exists;
	int parent;
};

/* Only a parent can end its child. */
static void begin_or_end(struct step *step, struct life lives[PROCESSES])
{
	struct life *other = &lives[step->value];

	if (step->op == OP_FORK && !other->exists) {
		*other = (struct life){true, step->process};
	} else if (step->op == OP_END && other->exists && lives[other->parent].exists) {
		step->process = other->parent;
		step->thread = 0;
		other->exists = false;
	} else {
		step->op = OP_NOTHING;
	}
}

/* Steps of a process that does not exist are the first one's. */
static void find_actors(struct plan *plan)
{
	struct life lives[PROCESSES] = {{true, 0}};

	for (int i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];

		if (!lives[step->process].exists)
			step->process = 0;
		if (step->op == OP_FORK || step->op == OP_END)
			begin_or_end(step, lives);
		else if (step->op == OP_FETCH && !lives[step->value].exists)
			step->op = OP_NOTHING;
	}
}

void plan_keep(struct plan *plan, const bool keep[STEPS])
{
	int count = 0;

	for (int i = 0; i < plan->count; i++)
		if (keep[i])
			plan->steps[count++] = plan->steps[i];
	plan->count = count;
	find_actors(plan);
}
