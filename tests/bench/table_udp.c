/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include "servers/common.h"

#include <stdio.h>
#include <string.h>

/* More peers than the tables have space for are as many as need be. */
enum { REQUESTS = 1000, TABLE = 16384 };

static const char *const ports[WAYS] = {"5001", "5002", "5003", "5004", "5005"};

/* What serves and asks in one row. */
struct row {
	struct server servers[WAYS], attached;
	struct client clients[WAYS];
};

static void ask(unsigned int way, unsigned int count, void *data)
{
	struct row *row = data;

	client_ask(&row->clients[way], &row->servers[way], count);
}

/* Prints the ratio, and marks a way that did not answer from where it should. */
static void print_ratio(const struct row *row, const struct rounds *rounds, enum way way)
{
	const bool is_cured = way != WAY_PLAIN_AGAIN;
	const struct client *client = &row->clients[way];
	const unsigned long unlike = is_cured ? client->wrong : client->right;

	printf(" %7.3f%s", rounds_ratio(rounds, way, WAY_PLAIN), unlike > 0 ? "!" : " ");
	if (way > WAY_HANDWRITTEN)
		printf(" (%.3f)", rounds_ratio(rounds, way, WAY_HANDWRITTEN));
}

/* Prints what a run of the program takes, with the two clock reads of the measuring kernel: the
 * median of some means, because a mean has interrupts in it, too. */
static void print_runs(struct row *row, enum hook hook)
{
	static struct rounds measured = {.count = 15};
	struct runs before, after;

	groups_measure(true);
	for (unsigned int i = 0; i < measured.count; i++) {
		before = groups_runs(&row->attached, hook);
		ask(WAY_KERNEL, REQUESTS, row);
		after = groups_runs(&row->attached, hook);
		measured.ns[0][i] =
			(double)(after.ns - before.ns) / (double)(after.count - before.count);
	}
	groups_measure(false);
	printf("%8.0f", rounds_median(&measured, 0));
}

static void run_row(
	enum family family, uint32_t peers, unsigned int rounds, unsigned int ways, struct row *row)
{
	static const char *const names[] = {"IPv4", "IPv6", "dual-stack"};
	static struct rounds measured;
	char name[64];

	for (unsigned int way = 0; way < ways; way++) {
		client_open(family, peers, &row->clients[way]);
		/* All peers have asked before, or the tables are full. */
		ask(way, peers > TABLE ? 2 * TABLE : TABLE, row);
	}
	rounds_run(
		&(struct turns){ways, REQUESTS, row->servers, NULL, ask, row}, rounds, &measured);
	snprintf(name, sizeof(name), "%s, %u peer%s", names[family], peers, peers > 1 ? "s" : "");
	printf("%-24s%9.0f", name, rounds_median(&measured, WAY_PLAIN));
	for (unsigned int way = WAY_PLAIN_AGAIN; way < ways; way++)
		print_ratio(row, &measured, way);
	if (ways > WAY_KERNEL) {
		print_runs(row, HOOK_LEARN);
		print_runs(row, family == FAMILY_V6 ? HOOK_SEND6 : HOOK_SEND4);
	}
	putchar('\n');
	fflush(stdout);
	for (unsigned int way = 0; way < ways; way++)
		client_close(&row->clients[way]);
}

static void start_servers(enum family family, const char *group, struct row *ret)
{
	static const char *const styles[WAYS] = {"plain", "plain", "handwritten", "plain", "plain"};

	for (enum way way = 0; way < WAYS; way++)
		if (way != WAY_KERNEL || group != NULL)
			server_serve(styles[way], family, ports[way],
				way == WAY_KERNEL ? group : NULL,
				way == WAY_LIBRARY ? server_library() : NULL, &ret->servers[way]);
	if (group != NULL && groups_attach(group, NULL, &ret->attached) != NULL)
		die("the kernel back end cannot be attached");
}

static void stop_servers(struct row *row)
{
	for (enum way way = 0; way < WAYS; way++)
		server_stop(&row->servers[way]);
	server_stop(&row->attached);
}

void table_udp(unsigned int rounds, const char *missing)
{
	static const uint32_t peers[] = {1, 1000, 65536};
	const char *group = missing == NULL ? groups_make("udp") : NULL;
	struct row row;

	puts("UDP: a request and its reply, recvfrom and sendto; ratios to plain, and (to hand-written)");
	printf("%-24s%9s%9s%9s%18s%18s%8s%8s\n", "", "plain, ns", "again ", "by hand ",
		"bindright    ", "kernel     ", "learn", "select");
	for (enum family family = 0; family < FAMILIES; family++) {
		memset(&row, 0, sizeof(row));
		start_servers(family, group, &row);
		for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
			run_row(family, peers[i], rounds, group == NULL ? WAY_KERNEL : WAYS, &row);
		stop_servers(&row);
	}
	puts("learn, select: nanoseconds a run of the eBPF program, two clock reads included.");
	if (missing != NULL)
		printf("The kernel back end is not measured: %s.\n", missing);
	else if (groups_are_shared(group))
		puts("Another program is attached to a control group above; plain runs it, too.");
}
