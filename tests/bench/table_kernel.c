/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel back end costs beside its replies. */
#include "bench.h"

#include "servers/common.h"

#include <stdio.h>
#include <unistd.h>

enum { ORDERS = 20 };

/* Its own ways: bare, bare again, and attached. */
static const bool three[WAYS] = {true, true, true};

static void print_row(const char *name, const struct rounds *measured)
{
	printf("%-42s%9.0f%9.3f%9.3f", name, rounds_median(measured, 0),
		rounds_ratio(measured, 1, 0), rounds_ratio(measured, 2, 0));
}

/* A server that is in no attached group: of three turns, the last is with the kernel back end
 * attached to another group. */
struct elsewhere {
	struct server servers[3], attached;
	struct client client;
	const char *group;
	int stream; /* a connection, or -1 */
};

static void ask_elsewhere(unsigned int way, unsigned int count, void *data)
{
	struct elsewhere *elsewhere = data;

	(void)way;
	if (elsewhere->stream >= 0)
		client_stream(elsewhere->stream, count);
	else
		client_ask(&elsewhere->client, &elsewhere->servers[0], count);
}

static void prepare_elsewhere(unsigned int way, void *data)
{
	struct elsewhere *elsewhere = data;

	server_stop(&elsewhere->attached);
	if (way == 2 && groups_attach(elsewhere->group, NULL, &elsewhere->attached) != NULL)
		die("the kernel back end cannot be attached");
	ask_elsewhere(way, 96, data);
}

static void run_elsewhere(
	const char *name, const char *style, struct effort effort, struct elsewhere *elsewhere)
{
	static struct rounds measured;
	struct server *servers = elsewhere->servers;

	server_serve(style, FAMILY_V4, NULL, "5001", NULL, NULL, &servers[0]);
	servers[1] = servers[2] = servers[0];
	elsewhere->stream = style[0] == 's' ? client_connect(&servers[0]) : -1;
	rounds_run(&(struct turns){.takes_part = three,
			   .effort = effort,
			   .servers = servers,
			   .prepare = prepare_elsewhere,
			   .ask = ask_elsewhere,
			   .data = elsewhere},
		&measured);
	print_row(name, &measured);
	putchar('\n');
	fflush(stdout);
	if (elsewhere->stream >= 0)
		close(elsewhere->stream);
	server_stop(&servers[0]);
	server_stop(&elsewhere->attached);
}

/* Two servers in a group to which nothing is attached, and one in a group to which it is. */
struct streams {
	struct server servers[3], attached;
	int fds[3];
	bool pours;
};

static void ask_streams(unsigned int way, unsigned int count, void *data)
{
	struct streams *streams = data;

	if (streams->pours)
		client_pour(streams->fds[way], count);
	else
		client_stream(streams->fds[way], count);
}

/* How often the eBPF program runs for a request, and how long with the two clock reads. */
static void print_segments(struct streams *streams, unsigned int count)
{
	struct runs before = groups_runs(&streams->attached, HOOK_LEARN), after;

	groups_measure(true);
	ask_streams(2, count, streams);
	after = groups_runs(&streams->attached, HOOK_LEARN);
	groups_measure(false);
	if (after.count == before.count) {
		puts("        -       -");
		return;
	}
	printf("%9.1f%8.0f\n", (double)(after.count - before.count) / count,
		(double)(after.ns - before.ns) / (double)(after.count - before.count));
}

static void run_streams(
	const char *name, const char *style, struct effort effort, const char *group)
{
	static const char *const ports[] = {"5001", "5002", "5003"};
	static struct rounds measured;
	struct streams streams = {.pours = style[1] == 'i'};

	if (streams.pours)
		effort.requests = ORDERS;
	for (int i = 0; i < 3; i++) {
		server_serve(style, FAMILY_V4, NULL, ports[i], i == 2 ? group : NULL, NULL,
			&streams.servers[i]);
		streams.fds[i] = client_connect(&streams.servers[i]);
	}
	if (groups_attach(group, NULL, &streams.attached) != NULL)
		die("the kernel back end cannot be attached");
	rounds_run(&(struct turns){.takes_part = three,
			   .effort = effort,
			   .servers = streams.servers,
			   .ask = ask_streams,
			   .data = &streams},
		&measured);
	print_row(name, &measured);
	print_segments(&streams, 10 * effort.requests);
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		close(streams.fds[i]);
		server_stop(&streams.servers[i]);
	}
	server_stop(&streams.attached);
}

static void print_memory(const char *setting, const char *group)
{
	struct server attached;

	if (groups_attach(group, setting, &attached) != NULL)
		die("the kernel back end cannot be attached");
	printf("%-42s%9.1f\n", setting, (double)groups_memory(&attached) / (1 << 20));
	server_stop(&attached);
}

void table_kernel(struct effort effort)
{
	const char *group;
	struct elsewhere elsewhere;
	struct server idle[2];

	if (!ways_has(WAY_KERNEL))
		return;
	group = groups_make("tcp");
	elsewhere = (struct elsewhere){.group = groups_make("elsewhere")};

	printf("\n%-42s%9s%9s%9s%9s%8s\n", "The kernel back end", "bare, ns", "again", "attached",
		"segments", "learn");
	/* bindrightctl warns of a group without a process. */
	server_serve("plain", FAMILY_V4, NULL, "5008", group, NULL, &idle[0]);
	server_serve("plain", FAMILY_V4, NULL, "5009", elsewhere.group, NULL, &idle[1]);
	client_open(FAMILY_V4, 1, &elsewhere.client);
	run_elsewhere("UDP request, attached to another group", "plain", effort, &elsewhere);
	run_elsewhere("TCP request, attached to another group", "stream", effort, &elsewhere);
	client_close(&elsewhere.client);
	run_streams("TCP request, attached to its group", "stream", effort, group);
	run_streams("TCP bulk, 1 MiB, attached to its group", "sink", effort, group);
	puts("segments: for a request, as the kernel passes them up; learn: nanoseconds for each.");
	printf("\n%-42s%9s\n", "Memory of its maps", "MiB");
	print_memory("BINDRIGHT_PEERS=16384", group);
	print_memory("BINDRIGHT_PEERS=65536", group);
	server_stop(&idle[0]);
	server_stop(&idle[1]);
}
