/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdio.h>

enum { RUNS_ROUNDS = 15 };

/* Prints what a run of the program takes, with the two clock reads of the measuring kernel: the
 * median of some means, because a mean has interrupts in it, too. */
static void print_runs(struct pairs *pairs, enum hook hook, unsigned int rounds)
{
	static struct rounds measured;
	struct runs before, after;

	measured.count = rounds < RUNS_ROUNDS ? rounds : RUNS_ROUNDS;
	groups_measure(true);
	for (unsigned int i = 0; i < measured.count; i++) {
		before = groups_runs(&pairs->attached, hook);
		client_ask(&pairs->clients[WAY_KERNEL], &pairs->servers[WAY_KERNEL], 320);
		after = groups_runs(&pairs->attached, hook);
		measured.ns[0][i] =
			(double)(after.ns - before.ns) / (double)(after.count - before.count);
	}
	groups_measure(false);
	printf("%8.0f", rounds_median(&measured, 0));
}

static void run_row(enum family family, uint32_t peers, struct effort effort, struct pairs *pairs)
{
	static const char *const names[] = {"IPv4", "IPv6", "dual-stack"};
	static struct rounds measured;
	char name[64], marks[WAYS];

	pairs_open(family, peers, pairs);
	pairs_run(pairs, effort, &measured);
	pairs_mark(pairs, marks);
	snprintf(name, sizeof(name), "%s, %u peer%s", names[family], peers, peers > 1 ? "s" : "");
	ways_print_row(name, &measured, pairs->takes_part, marks);
	if (pairs->takes_part[WAY_KERNEL]) {
		print_runs(pairs, HOOK_LEARN, effort.rounds);
		print_runs(pairs, family == FAMILY_V6 ? HOOK_SEND6 : HOOK_SEND4, effort.rounds);
	}
	putchar('\n');
	pairs_close(pairs);
}

void table_udp(struct effort effort)
{
	static const uint32_t peers[] = {1, 1000, 65536};
	struct pairs pairs;

	ways_print_head("UDP by recvfrom and sendto", "plain, ns");
	puts(ways_has(WAY_KERNEL) ? "   learn  select" : "");
	for (enum family family = 0; family < FAMILIES; family++) {
		pairs_start("plain", family, &pairs);
		for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
			run_row(family, peers[i], effort, &pairs);
		pairs_stop(&pairs);
	}
	if (ways_has(WAY_KERNEL))
		puts("learn, select: nanoseconds a run of the eBPF program, two clock reads "
		     "included.");
}
