/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block for each panel of the picture, with two empty lines after it: how many, then the ratios
 * to plain. A way that is not here has a question mark.
 */
#include "bench.h"

#include <stdio.h>

enum { ADDRESSES = 1000, POINTS = 5 };

static void print_point(unsigned int x, struct pairs *pairs, struct effort effort)
{
	static struct rounds measured;

	pairs_run(pairs, effort, &measured);
	printf("%u", x);
	for (enum way way = WAY_PLAIN_AGAIN; way < WAY_PEER; way++)
		if (pairs->takes_part[way])
			printf(" %.3f", rounds_ratio(&measured, way, WAY_PLAIN));
		else
			printf(" ?");
	putchar('\n');
	fflush(stdout);
}

static void print_head(const char *name)
{
	printf("\n\n# %s again by-hand bindright kernel DNAT\n", name);
}

static void run_peers(struct effort effort)
{
	static const uint32_t peers[POINTS] = {1, 16, 256, 4096, 65536};
	struct pairs pairs;

	print_head("peers");
	pairs_start("plain", FAMILY_V4, &pairs);
	for (int i = 0; i < POINTS; i++) {
		pairs_open(FAMILY_V4, peers[i], &pairs);
		print_point(peers[i], &pairs, effort);
		pairs_close(&pairs);
	}
	pairs_stop(&pairs);
}

/* A server has at most a hundred ports: ways.c. */
static void run_sockets(struct effort effort)
{
	static const unsigned int sockets[POINTS] = {1, 4, 16, 64, 100};
	struct pairs pairs;
	char style[32];

	print_head("sockets");
	for (int i = 0; i < POINTS; i++) {
		snprintf(style, sizeof(style), "%u-sockets", sockets[i]);
		pairs_start(style, FAMILY_V4, &pairs);
		pairs_open(FAMILY_V4, 16, &pairs);
		for (enum way way = 0; way < WAYS; way++)
			pairs.clients[way].ports = sockets[i];
		print_point(sockets[i], &pairs, effort);
		pairs_close(&pairs);
		pairs_stop(&pairs);
	}
}

static void run_addresses(struct effort effort)
{
	static const unsigned int addresses[POINTS] = {1, 10, 100, 300, ADDRESSES};
	struct pairs pairs;

	print_head("addresses");
	for (int i = 0; i < POINTS; i++) {
		namespace_add_addresses(addresses[i]);
		if (ways_has(WAY_DNAT)) {
			namespace_choose(true);
			namespace_add_addresses(addresses[i]);
			namespace_choose(false);
		}
		pairs_start("plain", FAMILY_V4, &pairs);
		pairs_open(FAMILY_V4, 16, &pairs);
		for (enum way way = 0; way < WAYS; way++) {
			pairs.clients[way].base = "10.9.0.0";
			pairs.clients[way].addresses = addresses[i];
		}
		print_point(addresses[i], &pairs, effort);
		pairs_close(&pairs);
		pairs_stop(&pairs);
	}
}

void table_picture(struct effort effort)
{
	run_peers(effort);
	run_sockets(effort);
	run_addresses(effort);
}
