/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes random sequences. What a slot probably has is tracked, so that most calls make sense; where
 * processes and duplicates make the guess wrong, a call fails, which must be the same in both runs.
 *
 * So that nothing but what allowed.h names can differ:
 *   - The request destination is always the address that routing would choose for the reply. So a
 *     sequence has either one address of each family, or several but no UDP socket on one of them
 *     (neither bound nor connected). The mode "sources" has all at once.
 *   - The kernel spreads datagrams among sockets with SO_REUSEPORT by a hash that differs from one
 *     network namespace to the next. So there each slot has its own port.
 *   - Under auto and dual, which share ports, those of IPv6 sockets are not those of IPv4 ones.
 */
#include "generate.h"
#include "random.h"

#include <string.h>

enum { SHORTEST = 12, LONGEST = 44 };

uint64_t random_state;
struct plan *plan;
struct guess guesses[PROCESSES];
struct guess *guess;
struct step *step;

/* The process of the next step, mostly the one of the step before. */
static int actor;

void choose_actor(void)
{
	if (chance(25))
		actor = below(PROCESSES);
	if (!guesses[actor].exists)
		actor = 0;
	guess = &guesses[actor];
}

void next_step(void)
{
	step = &plan->steps[plan->count++];
	step->process = actor;
	step->thread = chance(15);
}

static bool can_be_by_vfork(void)
{
	switch (step->op) {
	case OP_BIND:
	case OP_SET:
	case OP_GET:
	case OP_SEND:
	case OP_RECEIVE:
	case OP_CONNECT:
	case OP_DUP:
	case OP_CLOSE:
		return true;
	default:
		return false;
	}
}

static void fill_plan(void)
{
	int count = SHORTEST + below(LONGEST - SHORTEST);

	memset(guesses, 0, sizeof(guesses));
	guesses[0].exists = true;
	guess = &guesses[0];
	actor = 0;
	next_step();
	make_socket();
	while (plan->count < count) {
		if (chance(18) && plan->count + LONGEST_SCENE < STEPS) {
			play_scene();
			continue;
		}
		choose_actor();
		next_step();
		make_any();
		step->by_vfork = can_be_by_vfork() && chance(4);
	}
}

void plan_make(uint64_t seed, int number, struct plan *ret)
{
	static const int addresses[] = {ADDR_LOOPBACK, ADDR_FIRST, ADDR_SECOND};

	memset(ret, 0, sizeof(*ret));
	random_state = seed * 1000003 + (uint64_t)number;
	plan = ret;
	plan->seed = seed;
	plan->number = number;
	plan->mode = plan_mode(number);
	plan->is_wide = plan->mode == MODE_SOURCES || chance(35);
	plan->has_reuse_port = plan->mode != MODE_SOURCES && chance(15);
	plan->address4 = one_of(addresses);
	plan->address6 = one_of(addresses);
	fill_plan();
}
