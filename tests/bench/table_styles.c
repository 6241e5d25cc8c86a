/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Servers that call in other ways, on IPv4, with another library beside ours if PEER names one;
 * what a program's start takes; and the memory that a server has to itself.
 */
#include "bench.h"

#include "servers/common.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The last way is there if PEER is. */
enum { PLAIN, AGAIN, BY_HAND, LIBRARY, PEER, COLUMNS };

static const char *const ports[COLUMNS] = {"5001", "5002", "5003", "5004", "5005"};

struct line {
	struct server servers[COLUMNS];
	struct client clients[COLUMNS];
};

static const char *peer_library(void)
{
	const char *path = getenv("PEER");

	return path != NULL && path[0] != '\0' ? path : NULL;
}

static const char *preload(unsigned int way)
{
	if (way == LIBRARY)
		return server_library();
	return way == PEER ? peer_library() : NULL;
}

static void ask(unsigned int way, unsigned int count, void *data)
{
	struct line *line = data;

	client_ask(&line->clients[way], &line->servers[way], count);
}

static void print_ratios(
	const char *name, const struct rounds *rounds, unsigned int ways, const char *marks)
{
	printf("%-24s%9.0f", name, rounds_median(rounds, PLAIN));
	for (unsigned int way = AGAIN; way < ways; way++)
		printf("%8.3f%c", rounds_ratio(rounds, way, PLAIN), marks[way]);
	putchar('\n');
	fflush(stdout);
}

static void run_line(const char *name, const char *style, unsigned int window, uint32_t peers,
	unsigned int rounds, unsigned int ways)
{
	static struct rounds measured;
	const unsigned int requests = 960; /* a multiple of each window */
	char marks[COLUMNS];
	struct line line;

	memset(&line, 0, sizeof(line));
	for (unsigned int way = 0; way < ways; way++) {
		server_serve(way == BY_HAND ? "handwritten" : style, FAMILY_V4, ports[way], NULL,
			preload(way), &line.servers[way]);
		client_open(FAMILY_V4, peers, &line.clients[way]);
		line.clients[way].window = window;
		ask(way, requests, &line);
		/* The first may have arrived before a server by hand had enabled PKTINFO. */
		line.clients[way].wrong = 0;
	}
	rounds_run(
		&(struct turns){ways, requests, line.servers, NULL, ask, &line}, rounds, &measured);
	/* A way that leaves replies wrong is no cure. */
	for (unsigned int way = 0; way < ways; way++)
		marks[way] = way >= BY_HAND && line.clients[way].wrong > 0 ? '!' : ' ';
	print_ratios(name, &measured, ways, marks);
	for (unsigned int way = 0; way < ways; way++) {
		client_close(&line.clients[way]);
		server_stop(&line.servers[way]);
	}
}

static void start_true(unsigned int way, unsigned int count, void *data)
{
	(void)data;
	while (count-- > 0) {
		pid_t pid = fork_child();

		if (pid == 0) {
			if (preload(way) != NULL)
				setenv("LD_PRELOAD", preload(way), 1);
			execlp("true", "true", (char *)NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
	}
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void run_start(unsigned int rounds, unsigned int ways)
{
	static struct rounds measured;
	double before;

	measured.count = rounds;
	for (unsigned int round = 0; round < rounds; round++)
		for (unsigned int turn = 0; turn < ways; turn++) {
			const unsigned int way = (turn + round) % ways;

			before = now_ns();
			start_true(way, 4, NULL);
			measured.ns[way][round] = (now_ns() - before) / 4;
		}
	print_ratios("start of true", &measured, ways, "     ");
}

/* Clean pages are the file's, which other processes share. */
static unsigned long own_kib(pid_t pid)
{
	char path[64], row[256];
	unsigned long sum = 0, value;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(row, sizeof(row), file) != NULL)
		if (sscanf(row, "Private_Dirty: %lu", &value) == 1)
			sum += value;
	if (file != NULL)
		fclose(file);
	return sum;
}

static void run_memory(unsigned int ways)
{
	struct server servers[COLUMNS];

	for (unsigned int way = 0; way < ways; way++)
		server_serve(way == BY_HAND ? "handwritten" : "plain", FAMILY_V4, ports[way], NULL,
			preload(way), &servers[way]);
	printf("%-24s%9lu", "private KiB, idle", own_kib(servers[PLAIN].pid));
	for (unsigned int way = AGAIN; way < ways; way++)
		printf("%+8ld ",
			(long)own_kib(servers[way].pid) - (long)own_kib(servers[PLAIN].pid));
	putchar('\n');
	for (unsigned int way = 0; way < ways; way++)
		server_stop(&servers[way]);
}

void table_styles(unsigned int rounds)
{
	const unsigned int ways = peer_library() != NULL ? COLUMNS : PEER;

	printf("\n%-24s%9s%9s%9s%9s%s\n", "Other calls, IPv4", "plain, ns", "again ", "by hand ",
		"bindright", ways == COLUMNS ? "    peer" : "");
	run_line("recvfrom, sendto", "plain", 1, 1, rounds, ways);
	run_line("recvmsg, sendmsg", "messages", 1, 1, rounds, ways);
	run_line("recvmmsg, 8 at a time", "batches", 8, 50, rounds, ways);
	run_line("recvmmsg, 32 at a time", "batches", 32, 50, rounds, ways);
	run_line("two threads", "threads", 1, 1, rounds, ways);
	run_line("flood, each peer new", "plain", 1, 65536, rounds, ways);
	run_start(rounds, ways);
	run_memory(ways);
	puts("by hand: recvmsg and sendmsg, in each row. !: replies came from a wrong address.");
}
