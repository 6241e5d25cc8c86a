/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bindright costs; bench.c says how it is measured.
 *
 * A *way* is how a server gets its cure: none, its own code, the library or the kernel. All ways of
 * a row serve at the same time, on ports of their own, and take turns.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* After how many bytes a sink sends one. */
#define BENCH_ORDER (1 << 20)

enum family { FAMILY_V4, FAMILY_V6, FAMILY_DUAL, FAMILIES };
enum way { WAY_PLAIN, WAY_PLAIN_AGAIN, WAY_HANDWRITTEN, WAY_LIBRARY, WAY_KERNEL, WAYS };

/* --- server.c: starts and ends what is measured --- */

struct server {
	pid_t pid;
	clockid_t clock; /* its CPU time */
	const char *port;
};

/* Starts the command, in the control group and with the library in LD_PRELOAD, each unless NULL,
 * and waits for its first line. Returns that line, until the next call, or NULL if the command
 * ended first, with a message on standard error. It ends with this process at the latest. */
const char *server_start(
	const char *const command[], const char *group, const char *preload, struct server *ret);
/* Starts tests/bench/serve. Dies on failure. */
void server_serve(const char *style, enum family family, const char *port, const char *group,
	const char *preload, struct server *ret);
/* Ours, or that which BINDRIGHT_LIB names. */
const char *server_library(void);
void server_stop(struct server *server);
void server_stop_all(void);

/* The CPU time that this process and the server have used, in nanoseconds. */
uint64_t server_cpu_ns(const struct server *server);

/* --- client.c: asks them --- */

struct client {
	int fd;
	enum family family;
	uint32_t peers, next;
	unsigned int window; /* requests that it sends before it takes their replies; 1 at first */
	unsigned long right, wrong;
};

/* Peers of its own, that many; they take turns. */
void client_open(enum family family, uint32_t peers, struct client *ret);
/* That many requests, a multiple of the window. Dies if a reply does not come. */
void client_ask(struct client *client, const struct server *server, unsigned int count);
void client_close(struct client *client);

/* A connection. */
int client_connect(const struct server *server);
void client_stream(int fd, unsigned int count); /* requests and replies */
void client_pour(int fd, unsigned int count);	/* orders of BENCH_ORDER bytes */

/* --- groups.c: control groups, and the kernel back end --- */

/* NULL if the kernel back end can be measured here, else what is missing. Called first. */
const char *groups_missing(void);
/* Makes a control group; it and its name last as long as this process. */
const char *groups_make(const char *name);
/* Whether programs of somebody else's run for sockets of the group: attached to one above it. */
bool groups_are_shared(const char *group);
void groups_remove_all(void);

/* Attaches the kernel back end with a setting (NAME=value), or NULL. Returns NULL, or what failed.
 */
const char *groups_attach(const char *group, const char *setting, struct server *ret);

/* While the kernel measures its programs, each run costs it two clock reads more. */
void groups_measure(bool is_on);
struct runs {
	uint64_t count, ns;
};
enum hook { HOOK_LEARN, HOOK_SEND4, HOOK_SEND6 };
struct runs groups_runs(const struct server *attached, enum hook hook);
/* What the maps take, in bytes. */
uint64_t groups_memory(const struct server *attached);

/* --- rounds.c: takes turns, and prints --- */

enum { ROUNDS_MAX = 101 };

/* Nanoseconds a request, of each way in each round. */
struct rounds {
	unsigned int count;
	double ns[WAYS][ROUNDS_MAX];
};

/* The median over the rounds of one way, and of its ratio to another in the same round. */
double rounds_median(const struct rounds *rounds, unsigned int way);
double rounds_ratio(const struct rounds *rounds, unsigned int way, unsigned int base);

/* What takes turns, each with its server. */
struct turns {
	unsigned int ways, requests;
	const struct server *servers;
	/* Before the time starts; may be NULL. */
	void (*prepare)(unsigned int way, void *data);
	void (*ask)(unsigned int way, unsigned int count, void *data);
	void *data;
};
/* Asks in turns, after a round that does not count. */
void rounds_run(const struct turns *turns, unsigned int count, struct rounds *ret);

/* --- table_udp.c, table_styles.c, table_kernel.c: what is printed --- */

/* UDP round trips, with `missing` NULL or why the kernel back end is not among the ways. */
void table_udp(unsigned int rounds, const char *missing);
/* Other ways to call, two threads, another library that PEER names; start-up and memory. */
void table_styles(unsigned int rounds);
/* What it costs others, streams in the group, and memory. */
void table_kernel(unsigned int rounds);

#endif
