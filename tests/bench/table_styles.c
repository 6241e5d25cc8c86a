/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Servers that call in other ways, on IPv4; what a program's start takes; and the memory that a
 * server has to itself.
 */
#include "bench.h"

#include "servers/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTS = 4 };

/* All of WINDOW requests are sent before their replies are taken. */
static void run_row(const char *name, const char *style, unsigned int window, uint32_t peers,
	struct effort effort)
{
	static struct rounds measured;
	struct pairs pairs;
	char marks[WAYS];

	pairs_start(style, FAMILY_V4, &pairs);
	pairs_open(FAMILY_V4, peers, &pairs);
	for (enum way way = 0; way < WAYS; way++)
		pairs.clients[way].window = window;
	pairs_run(&pairs, effort, &measured);
	pairs_mark(&pairs, marks);
	ways_print_row(name, &measured, pairs.takes_part, marks);
	putchar('\n');
	pairs_close(&pairs);
	pairs_stop(&pairs);
}

/* What differs for a process, whoever it serves. */
static const bool preloads[WAYS] = {
	[WAY_PLAIN] = true, [WAY_PLAIN_AGAIN] = true, [WAY_LIBRARY] = true, [WAY_PEER] = true};

static bool preloads_now(enum way way)
{
	return preloads[way] && ways_has(way);
}

/* Returns the CPU time that it took, in nanoseconds. */
static double start_true(enum way way)
{
	struct rusage usage;
	pid_t pid = fork_child();

	if (pid == 0) {
		if (ways_preload(way) != NULL)
			setenv("LD_PRELOAD", ways_preload(way), 1);
		execlp("true", "true", (char *)NULL);
		_exit(127);
	}
	if (wait4(pid, NULL, 0, &usage) != pid)
		die("wait4");
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
}

static void run_start(struct effort effort)
{
	static struct rounds measured;
	bool takes_part[WAYS];

	measured.count = effort.rounds;
	for (enum way way = 0; way < WAYS; way++)
		takes_part[way] = preloads_now(way);
	for (unsigned int round = 0; round < effort.rounds; round++)
		for (unsigned int turn = 0; turn < WAYS; turn++) {
			const unsigned int way = (turn + round) % WAYS;

			if (!takes_part[way])
				continue;
			measured.ns[way][round] = 0;
			for (int i = 0; i < STARTS; i++)
				measured.ns[way][round] += start_true((enum way)way) / STARTS;
		}
	ways_print_row("start of true", &measured, takes_part, "       ");
	putchar('\n');
}

/* What it has written. Private_Dirty also has pages of a file that was just built. */
static unsigned long own_kib(pid_t pid)
{
	char path[64], row[256];
	unsigned long sum = 0, value;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(row, sizeof(row), file) != NULL)
		if (sscanf(row, "Anonymous: %lu", &value) == 1)
			sum += value;
	if (file != NULL)
		fclose(file);
	return sum;
}

static void run_memory(void)
{
	struct server server;
	unsigned long kib, plain = 0;

	printf("%-30s", "private KiB, idle");
	for (enum way way = 0; way < WAYS; way++) {
		if (!preloads_now(way)) {
			if (way != WAY_PEER)
				printf("%8s ", "-");
			continue;
		}
		server_serve("plain", FAMILY_V4, NULL, "5001", NULL, ways_preload(way), &server);
		kib = own_kib(server.pids[0]);
		if (way == WAY_PLAIN)
			printf("%10lu", plain = kib);
		else
			printf("%+8ld ", (long)kib - (long)plain);
		server_stop(&server);
	}
	putchar('\n');
}

void table_styles(struct effort effort)
{
	ways_print_head("Other calls, IPv4", "plain, ns");
	putchar('\n');
	run_row("recvmsg, sendmsg", "messages", 1, 1, effort);
	run_row("recvmmsg, sendmmsg, by 8", "batches", 8, 50, effort);
	run_row("recvmmsg, sendmmsg, by 32", "batches", 32, 50, effort);
	run_row("two threads", "threads", 1, 1, effort);
	run_row("two threads, 50 peers, by 32", "threads", 32, 50, effort);
	run_row("flood: by 64, each peer new", "plain", 64, 65536, effort);
	run_start(effort);
	run_memory();
	puts("by N: the client sends N requests, then takes their replies.");
}
