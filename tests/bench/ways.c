/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which columns there are, and the servers and clients of a row. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

/* More peers than the tables have space for are as many as need be. */
enum { TABLE = 16384, WARM_LEAST = 640 };

/* A server may have a hundred from its own on. */
static const char *const ports[WAYS] = {"5100", "5200", "5300", "5400", "5500", "5600", "5700"};

/* Why a way is not measured; set by ways_find. */
static const char *missing[WAYS];
/* The group of the servers whose way is the kernel's. */
static const char *group;

void ways_find(void)
{
	missing[WAY_KERNEL] = groups_missing();
	namespace_enter();
	missing[WAY_DNAT] = namespace_make_dnat();
	if (server_peer_library() == NULL)
		missing[WAY_PEER] = "PEER names no library";
	if (missing[WAY_KERNEL] == NULL)
		group = groups_make("udp");
}

bool ways_has(enum way way)
{
	return missing[way] == NULL;
}

const char *ways_preload(enum way way)
{
	if (way == WAY_LIBRARY)
		return server_library();
	return way == WAY_PEER ? server_peer_library() : NULL;
}

void ways_print_head(const char *title, const char *unit)
{
	printf("\n%-30s%10s%9s%9s%9s%9s%9s", title, unit, "again ", "by hand ", "bindright",
		"kernel ", "DNAT ");
	if (ways_has(WAY_PEER))
		printf("%9s", "PEER ");
	printf("%10s", "/by hand");
}

void ways_print_row(const char *name, const struct rounds *rounds, const bool takes_part[WAYS],
	const char marks[WAYS])
{
	printf("%-30s%10.0f", name, rounds_median(rounds, WAY_PLAIN));
	for (enum way way = WAY_PLAIN_AGAIN; way < WAYS; way++)
		if (takes_part[way])
			printf("%8.3f%c", rounds_ratio(rounds, way, WAY_PLAIN), marks[way]);
		else if (way != WAY_PEER || ways_has(way))
			printf("%8s ", "-");
	if (takes_part[WAY_HANDWRITTEN] && takes_part[WAY_LIBRARY])
		printf("%9.3f ", rounds_ratio(rounds, WAY_LIBRARY, WAY_HANDWRITTEN));
	else
		printf("%9s ", "-");
	fflush(stdout);
}

void ways_print_missing(void)
{
	if (!ways_has(WAY_KERNEL))
		printf("kernel: not measured, %s.\n", missing[WAY_KERNEL]);
	else if (groups_are_shared(group))
		puts("kernel: another program is attached to a control group above; plain runs it, "
		     "too.");
	if (!ways_has(WAY_DNAT))
		printf("DNAT: not measured, %s.\n", missing[WAY_DNAT]);
}

/* What the server of translated requests is bound to. */
static const char *one_address(enum family family)
{
	static const char *const addresses[FAMILIES] = {
		"127.0.0.1", "fd00:b::1", "::ffff:127.0.0.1"};

	return addresses[family];
}

void pairs_start(const char *style, enum family family, struct pairs *ret)
{
	char by_hand[64];

	snprintf(by_hand, sizeof(by_hand), "hand-%s", style);
	memset(ret, 0, sizeof(*ret));
	for (enum way way = 0; way < WAYS; way++) {
		ret->takes_part[way] = ways_has(way);
		if (!ways_has(way))
			continue;
		if (way == WAY_DNAT)
			namespace_choose(true);
		server_serve(way == WAY_HANDWRITTEN ? by_hand : style, family,
			way == WAY_DNAT ? one_address(family) : NULL, ports[way],
			way == WAY_KERNEL ? group : NULL, ways_preload(way), &ret->servers[way]);
		if (way == WAY_DNAT)
			namespace_choose(false);
	}
	if (ways_has(WAY_KERNEL) && groups_attach(group, NULL, &ret->attached) != NULL) {
		missing[WAY_KERNEL] = "bindrightctl attach failed";
		ret->takes_part[WAY_KERNEL] = false;
		server_stop(&ret->servers[WAY_KERNEL]);
	}
}

void pairs_open(enum family family, uint32_t peers, struct pairs *pairs)
{
	for (enum way way = 0; way < WAYS; way++) {
		if (!pairs->takes_part[way])
			continue;
		if (way == WAY_DNAT)
			namespace_choose(true);
		client_open(family, peers, &pairs->clients[way]);
		if (way == WAY_DNAT)
			namespace_choose(false);
	}
}

static void ask(unsigned int way, unsigned int count, void *data)
{
	struct pairs *pairs = data;

	client_ask(&pairs->clients[way], &pairs->servers[way], count);
}

/* The plain servers remember nobody. */
static void warm(enum way way, struct pairs *pairs)
{
	struct client *client = &pairs->clients[way];
	const unsigned int window = client->window;
	uint32_t count = client->peers > TABLE ? TABLE + TABLE / 2 : client->peers;

	if (way == WAY_PLAIN || way == WAY_PLAIN_AGAIN || count < WARM_LEAST)
		count = WARM_LEAST;
	if (client->addresses == 1 && client->ports == 1)
		client->window = WINDOW_MAX;
	ask(way, count + client->window - 1, pairs);
	client->window = window;
}

void pairs_run(struct pairs *pairs, struct effort effort, struct rounds *ret)
{
	for (enum way way = 0; way < WAYS; way++)
		if (pairs->takes_part[way])
			warm(way, pairs);
	rounds_run(&(struct turns){.takes_part = pairs->takes_part,
			   .effort = effort,
			   .servers = pairs->servers,
			   .ask = ask,
			   .data = pairs},
		ret);
}

void pairs_mark(const struct pairs *pairs, char ret_marks[WAYS])
{
	for (enum way way = 0; way < WAYS; way++) {
		const struct client *client = &pairs->clients[way];
		const bool is_cured = way != WAY_PLAIN && way != WAY_PLAIN_AGAIN;

		ret_marks[way] = (is_cured ? client->wrong : client->right) > 0 ? '!' : ' ';
	}
}

void pairs_close(struct pairs *pairs)
{
	for (enum way way = 0; way < WAYS; way++)
		if (pairs->takes_part[way])
			client_close(&pairs->clients[way]);
}

void pairs_stop(struct pairs *pairs)
{
	for (enum way way = 0; way < WAYS; way++)
		server_stop(&pairs->servers[way]);
	server_stop(&pairs->attached);
}
