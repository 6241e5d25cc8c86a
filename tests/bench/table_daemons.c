/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Real daemons under load: requests of 1,000 peers, 32 at a time. The system calls are counted
 * apart, because strace(1) takes longer than what it counts.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PEERS = 1000, WINDOW = 32, TRACED = 320 };

static const char *const ports[WAYS] = {"5011", "5012", "5013", "5014", "5015", "5016", "5017"};

static void ask(unsigned int way, unsigned int count, void *data)
{
	struct pairs *pairs = data;

	client_ask(&pairs->clients[way], &pairs->servers[way], count);
}

/* Returns NULL, or what the daemon says that does not answer. */
static const char *start(enum daemon daemon, const char *group, struct pairs *ret)
{
	const char *problem = NULL;

	memset(ret, 0, sizeof(*ret));
	for (enum way way = 0; problem == NULL && way < WAYS; way++) {
		ret->takes_part[way] = ways_has(way) && way != WAY_DNAT &&
				       (way != WAY_HANDWRITTEN || daemon_has_option(daemon));
		if (!ret->takes_part[way])
			continue;
		problem = daemon_start(daemon, ports[way], way == WAY_HANDWRITTEN,
			way == WAY_KERNEL ? group : NULL, ways_preload(way), &ret->servers[way]);
	}
	if (problem != NULL)
		return problem;
	if (group != NULL && groups_attach(group, NULL, &ret->attached) != NULL)
		ret->takes_part[WAY_KERNEL] = false;
	pairs_open(FAMILY_V4, PEERS, ret);
	for (enum way way = 0; way < WAYS; way++) {
		ret->clients[way].window = WINDOW;
		ret->clients[way].write = daemon_request(daemon);
	}
	return NULL;
}

struct asking {
	struct pairs *pairs;
	enum way way;
};

static void ask_traced(unsigned int count, void *data)
{
	const struct asking *asking = data;

	/* One by one: how many a poll finds ready depends on the speed. */
	asking->pairs->clients[asking->way].window = 1;
	ask(asking->way, count, asking->pairs);
	asking->pairs->clients[asking->way].window = WINDOW;
}

static double find(const struct calls *calls, const char *name)
{
	for (unsigned int i = 0; i < calls->count; i++)
		if (strcmp(calls->of[i].name, name) == 0)
			return calls->of[i].times;
	return 0;
}

static void print_difference(const char *name, const struct calls *with, const struct calls *bare)
{
	const double difference = find(with, name) - find(bare, name);

	if (fabs(difference) >= 0.02)
		printf(" %s %+.2f", name, difference);
}

/* Those of the library and of the plain server take turns, twice. */
static void print_calls(struct pairs *pairs)
{
	struct calls bare, with;
	bool is_counted = true;

	memset(&bare, 0, sizeof(bare));
	memset(&with, 0, sizeof(with));
	for (int i = 0; is_counted && i < 2; i++)
		is_counted = calls_count(&pairs->servers[WAY_PLAIN], ask_traced, TRACED,
				     &(struct asking){pairs, WAY_PLAIN}, &bare) &&
			     calls_count(&pairs->servers[WAY_LIBRARY], ask_traced, TRACED,
				     &(struct asking){pairs, WAY_LIBRARY}, &with);
	if (!is_counted) {
		puts("    system calls: not counted, strace is missing or may not trace");
		return;
	}
	printf("    system calls a request: plain %.2f, bindright %+.2f:", bare.sum / 2,
		(with.sum - bare.sum) / 2);
	for (unsigned int i = 0; i < CALLS_MAX; i++) {
		bare.of[i].times /= 2;
		with.of[i].times /= 2;
	}
	for (unsigned int i = 0; i < with.count; i++)
		print_difference(with.of[i].name, &with, &bare);
	for (unsigned int i = 0; i < bare.count; i++)
		if (find(&with, bare.of[i].name) == 0)
			print_difference(bare.of[i].name, &with, &bare);
	putchar('\n');
}

static void run_row(enum daemon daemon, struct effort effort, const char *group)
{
	static struct rounds measured;
	struct pairs pairs;
	const char *problem;
	char marks[WAYS];

	problem = start(daemon, group, &pairs);
	if (problem != NULL) {
		printf("%-30s    skipped, it does not answer: %s", daemon_name(daemon), problem);
		pairs_stop(&pairs);
		return;
	}
	rounds_run(&(struct turns){.takes_part = pairs.takes_part,
			   .effort = effort,
			   .servers = pairs.servers,
			   .is_server_alone = true,
			   .ask = ask,
			   .data = &pairs},
		&measured);
	pairs_mark(&pairs, marks);
	ways_print_row(daemon_name(daemon), &measured, pairs.takes_part, marks);
	putchar('\n');
	print_calls(&pairs);
	fflush(stdout);
	pairs_close(&pairs);
	pairs_stop(&pairs);
}

void table_daemons(struct effort effort)
{
	const char *group = ways_has(WAY_KERNEL) ? groups_make("daemon") : NULL;

	ways_print_head("Daemons, IPv4, 1000 peers", "plain, ns");
	putchar('\n');
	for (enum daemon daemon = 0; daemon < DAEMONS; daemon++)
		if (daemon_missing(daemon) != NULL)
			printf("%-30s    skipped: apt-get install %s\n", daemon_name(daemon),
				daemon_missing(daemon));
		else
			run_row(daemon, effort, group);
	puts("Time of the daemon alone. by hand: its own option, or a socket for the address.");
}
