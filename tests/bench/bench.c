/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a cure costs: a table of ratios to the plain server.
 *
 *	make bench [BENCH=quick] [PEER=/path/library.so] [TABLES='udp calls daemons kernel']
 *
 * Time is the CPU time of the server and of its client together, so other work on the machine
 * hardly shows; of the daemons, that of the server alone. Both are bound to one CPU: a request is
 * then two switches between them, without the wake-up of another CPU, which takes longer than what
 * is measured and varies more. The servers of a row take turns, hundreds of requests each, and
 * every figure is the median over the rounds; "again" is a second plain server, so what it differs
 * from 1 is the noise. All of it happens in network namespaces of its own. Nothing here passes or
 * fails.
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int choose_cpu(void)
{
	cpu_set_t allowed, chosen;
	int cpu = CPU_SETSIZE;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		die("sched_getaffinity");
	/* The last one: what a machine does by itself is more often on the first. */
	while (--cpu > 0 && !CPU_ISSET(cpu, &allowed))
		;
	CPU_ZERO(&chosen);
	CPU_SET(cpu, &chosen);
	if (sched_setaffinity(0, sizeof(chosen), &chosen) != 0)
		die("sched_setaffinity");
	return cpu;
}

/* A server that is woken waits until its client does: each batch then has all of a window. Where
 * this is refused, batches are smaller. musl has only the system call. */
static void choose_policy(void)
{
	const struct sched_param none = {0};

	syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &none);
}

static void end(int number)
{
	(void)number;
	exit(1);
}

static const char *const modes[] = {"", "quick", "picture", NULL};
enum mode { MODE_WHOLE, MODE_QUICK, MODE_PICTURE };

static enum mode read_mode(void)
{
	const char *asked = getenv("BENCH");

	for (int i = 0; modes[i] != NULL; i++)
		if (strcmp(asked == NULL ? "" : asked, modes[i]) == 0)
			return (enum mode)i;
	errno = 0;
	die("BENCH=%s (allowed: quick, picture)", asked);
}

static const struct {
	const char *name;
	void (*print)(struct effort effort);
} tables[] = {{"udp", table_udp}, {"calls", table_styles}, {"daemons", table_daemons},
	{"kernel", table_kernel}};

/* Whether TABLES names it, or is not there. */
static bool is_wanted(const char *name)
{
	const char *wanted = getenv("TABLES"), *at;
	const size_t len = strlen(name);

	if (wanted == NULL || wanted[0] == '\0')
		return true;
	at = strstr(wanted, name);
	return at != NULL && (at == wanted || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0');
}

static void check_settings(void)
{
	bool is_any = false;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		is_any = is_any || is_wanted(tables[i].name);
	errno = 0;
	if (!is_any)
		die("TABLES=%s (allowed: udp, calls, daemons, kernel)", getenv("TABLES"));
	if (server_peer_library() != NULL && access(server_peer_library(), R_OK) != 0)
		die("PEER=%s", server_peer_library());
}

static void print_tables(struct effort effort)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (is_wanted(tables[i].name))
			tables[i].print(effort);
	puts("\nagain: a second plain server; what it differs from 1 is the noise. !: replies came "
	     "from a wrong address.");
	ways_print_missing();
}

int main(void)
{
	static const struct effort efforts[] = {
		[MODE_WHOLE] = {61, 960}, [MODE_QUICK] = {5, 320}, [MODE_PICTURE] = {31, 960}};
	const enum mode mode = read_mode();
	const time_t start = time(NULL);
	const int cpu = choose_cpu();

	check_settings();
	choose_policy();
	signal(SIGINT, end);
	signal(SIGTERM, end);
	atexit(daemon_remove_all);
	atexit(groups_remove_all);
	atexit(server_stop_all);
	ways_find();
	if (mode == MODE_PICTURE) {
		table_picture(efforts[mode]);
		return 0;
	}
	printf("CPU %d, %u rounds of %u requests; ratios to plain\n", cpu, efforts[mode].rounds,
		efforts[mode].requests);
	print_tables(efforts[mode]);
	printf("%ld seconds\n", (long)(time(NULL) - start));
	return 0;
}
