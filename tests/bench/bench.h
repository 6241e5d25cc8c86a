/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bindright costs; bench.c says how it is measured.
 *
 * A *way* is how a server gets its cure: none, its own code, the library, the kernel back end, or
 * translated addresses. Each is a column. All ways of a row serve at the same time, on ports of
 * their own, and take turns.
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
enum way {
	WAY_PLAIN,
	WAY_PLAIN_AGAIN,
	WAY_HANDWRITTEN,
	WAY_LIBRARY,
	WAY_KERNEL,
	WAY_DNAT,
	WAY_PEER, /* another library, that PEER names */
	WAYS
};

/* How much is measured. */
struct effort {
	unsigned int rounds, requests;
};

/* --- namespace.c: a network of its own --- */

/* Enters a network namespace with the addresses that are asked. */
void namespace_enter(void);
/* Makes another one, in which nft has each UDP request to ports 5000 to 5999 go to one address.
 * Returns NULL, or what is missing. */
const char *namespace_make_dnat(void);
/* Which of the two what is started and opened from now on belongs to. */
void namespace_choose(bool is_dnat);
/* Gives it that many addresses more: 10.9.0.0 and what follows. */
void namespace_add_addresses(unsigned int count);

/* --- server.c: starts and ends what is measured --- */

enum { SERVER_PROCESSES = 6 };

struct server {
	pid_t pids[SERVER_PROCESSES]; /* the first is the one that was started */
	clockid_t clocks[SERVER_PROCESSES];
	unsigned int processes;
	const char *port;
};

/* Starts the command, in the control group and with the library in LD_PRELOAD, each unless NULL,
 * and waits for its first line. Returns that line, until the next call, or NULL if the command
 * ended first, with a message on standard error. It ends with this process at the latest. */
const char *server_start(
	const char *const command[], const char *group, const char *preload, struct server *ret);
/* The same without waiting; what it prints, errors too, goes into the file. */
void server_launch(const char *const command[], const char *group, const char *preload,
	const char *output, struct server *ret);
/* The processes that it has started count as the server's, too. */
void server_add_children(struct server *server);
/* Starts tests/bench/serve at the wildcard address, or at that named. Dies on failure. */
void server_serve(const char *style, enum family family, const char *address, const char *port,
	const char *group, const char *preload, struct server *ret);
/* The command's path, if it is installed: in PATH, or where daemons are. The buffer is static. */
const char *server_find(const char *command);
/* Ours, or that which BINDRIGHT_LIB names. */
const char *server_library(void);
/* The library that PEER names, or NULL. */
const char *server_peer_library(void);
void server_stop(struct server *server);
void server_stop_all(void);

/* The CPU time that the server has used, in nanoseconds; this process's. */
uint64_t server_cpu_ns(const struct server *server);
uint64_t server_own_cpu_ns(void);

/* --- client.c: asks them --- */

enum { REQUEST_MAX = 128, WINDOW_MAX = 64 };

struct client {
	int fd;
	enum family family;
	uint32_t peers, next;
	unsigned int window; /* requests that it sends before it takes their replies */
	/* How many of the server's addresses and ports are asked in turn; 1, unless with a window
	 * of 1, or with another base. */
	unsigned int addresses, ports;
	const char *base; /* the first address */
	/* Writes request `number`, of at most REQUEST_MAX bytes, and returns its length; or NULL:
	 * 64 bytes. */
	size_t (*write)(uint32_t number, unsigned char *text);
	uint32_t number;
	unsigned long right, wrong;
};

/* Peers of its own, that many; they take turns. The rest of *ret is as above: one. */
void client_open(enum family family, uint32_t peers, struct client *ret);
/* That many requests, whole windows of them. Dies if a reply does not come. */
void client_ask(struct client *client, const struct server *server, unsigned int count);
/* Asks until there is a reply; false if there is none within seconds. */
bool client_await(struct client *client, const struct server *server);
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

/* --- rounds.c: takes turns --- */

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
	const bool *takes_part; /* [WAYS] */
	struct effort effort;
	const struct server *servers;
	bool is_server_alone; /* the client's CPU time does not count */
	/* Before the time starts; may be NULL. */
	void (*prepare)(unsigned int way, void *data);
	void (*ask)(unsigned int way, unsigned int count, void *data);
	void *data;
};
/* Asks in turns, after a round that does not count. */
void rounds_run(const struct turns *turns, struct rounds *ret);

/* --- ways.c: the columns --- */

/* Enters the namespace and finds which ways there are here. Called once, first of all. */
void ways_find(void);
bool ways_has(enum way way);
/* What LD_PRELOAD has for a way, or NULL. */
const char *ways_preload(enum way way);
/* Prints a line with the columns' names; `unit` is that of the first. */
void ways_print_head(const char *title, const char *unit);
/* Prints a row without its end. A way whose mark is not a blank has that after its figure. */
void ways_print_row(const char *name, const struct rounds *rounds, const bool takes_part[WAYS],
	const char marks[WAYS]);
/* Prints why columns are empty. */
void ways_print_missing(void);

/* One row's servers and clients, a pair of each way that takes part; and the kernel back end. */
struct pairs {
	bool takes_part[WAYS];
	struct server servers[WAYS], attached;
	struct client clients[WAYS];
};
/* Starts tests/bench/serve STYLE for each way, by hand: hand-STYLE. */
void pairs_start(const char *style, enum family family, struct pairs *ret);
/* Opens a client for each; the caller may change them. */
void pairs_open(enum family family, uint32_t peers, struct pairs *pairs);
/* Has all of them ask and measures them, after each has asked often enough that all peers have
 * asked before, or the tables are full. */
void pairs_run(struct pairs *pairs, struct effort effort, struct rounds *ret);
/* '!' for each way that should give right replies, or wrong ones, and has not; ' ' for others. */
void pairs_mark(const struct pairs *pairs, char ret_marks[WAYS]);
void pairs_close(struct pairs *pairs);
void pairs_stop(struct pairs *pairs);

/* --- daemon.c: real daemons; calls.c: their system calls --- */

enum daemon {
	DAEMON_NSD,
	DAEMON_UNBOUND,
	DAEMON_RESOLVER,
	DAEMON_RESOLVER_UNCONNECTED,
	DAEMON_MEMCACHED,
	DAEMONS
};
const char *daemon_name(enum daemon daemon);
/* NULL, or the Debian package that it lacks. */
const char *daemon_missing(enum daemon daemon);
/* Whether it has an option of its own against the fault: that is "by hand". */
bool daemon_has_option(enum daemon daemon);
/* Starts it; if `by_hand`, with that option. Returns NULL when it answers, or the last line of what
 * it said if it does not. */
const char *daemon_start(enum daemon daemon, const char *port, bool by_hand, const char *group,
	const char *preload, struct server *ret);
/* The directory of their files, which daemon_remove_all() removes. */
const char *daemon_directory(void);
void daemon_remove_all(void);
/* What writes requests for it: client.write. */
typedef size_t daemon_writer(uint32_t number, unsigned char *text);
daemon_writer *daemon_request(enum daemon daemon);

enum { CALLS_MAX = 64 };

struct calls {
	unsigned int count;
	double sum;
	struct {
		char name[32];
		double times;
	} of[CALLS_MAX];
};
/* Adds the system calls that the server makes while ask() has `count` requests answered, for each
 * request, by strace(1). False if strace is not here or may not trace. */
bool calls_count(const struct server *server, void (*ask)(unsigned int count, void *data),
	unsigned int count, void *data, struct calls *ret);

/* --- table_*.c: what is printed --- */

/* UDP round trips: families and peers. */
void table_udp(struct effort effort);
/* Other ways to call, two threads, a flood; start-up and memory. */
void table_styles(struct effort effort);
/* nsd, unbound and memcached. */
void table_daemons(struct effort effort);
/* What the kernel back end costs others, streams in the group, and memory. */
void table_kernel(struct effort effort);
/* Ratios against peers, sockets and addresses, for picture.gp. */
void table_picture(struct effort effort);

#endif
