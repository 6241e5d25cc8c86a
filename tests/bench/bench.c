/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a cure costs: a table of ratios to the plain server.
 *
 *	make bench [BENCH=quick] [PEER=/path/library.so]
 *
 * Time is the CPU time of the server and of its client together, so other work on the machine
 *hardly shows. Both are bound to one CPU: a request is then two switches between them, without the
 *wake-up of another CPU, which takes longer than what is measured and varies more. The servers of a
 *row take turns, a thousand requests each, and every figure is the median over the rounds; "again"
 *is a second plain server, so what it differs from 1 is the noise. All of it happens in a network
 * namespace of its own. Nothing here passes or fails.
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 61, ROUNDS_QUICK = 7 };

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

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s", path);
	close(fd);
}

static void enter_namespace(void)
{
	char map[64];
	const uid_t uid = geteuid();
	const gid_t gid = getegid();

	if (uid != 0) {
		if (unshare(CLONE_NEWUSER) != 0)
			die("unshare CLONE_NEWUSER");
		write_to("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", uid);
		write_to("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "0 %u 1", gid);
		write_to("/proc/self/gid_map", map);
	}
	if (unshare(CLONE_NEWNET) != 0)
		die("unshare CLONE_NEWNET");
	errno = 0;
	if (system("ip link set lo up && ip address add fd00:b::2/128 dev lo nodad && "
		   "ip address add fd00:b::1/128 dev lo nodad && "
		   "ip route add local fd00:b:0:1::/64 dev lo") != 0)
		die("the network namespace cannot be given its addresses by ip(8)");
}

static void end(int number)
{
	(void)number;
	exit(1);
}

int main(void)
{
	const char *asked = getenv("BENCH");
	const bool is_quick = asked != NULL && strcmp(asked, "quick") == 0;
	const char *missing = groups_missing();
	const unsigned int rounds = is_quick ? ROUNDS_QUICK : ROUNDS;

	if (asked != NULL && asked[0] != '\0' && !is_quick) {
		errno = 0;
		die("BENCH=%s (allowed: quick)", asked);
	}
	printf("CPU %d, %u rounds\n\n", choose_cpu(), rounds);
	enter_namespace();
	signal(SIGINT, end);
	signal(SIGTERM, end);
	atexit(groups_remove_all);
	atexit(server_stop_all);
	table_udp(rounds, missing);
	table_styles(rounds);
	if (missing == NULL)
		table_kernel(rounds);
	return 0;
}
