/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 10000, SERVERS_MAX = 16 };

/* Those that run. */
static pid_t running[SERVERS_MAX];

static void replace(pid_t old, pid_t new)
{
	for (int i = 0; i < SERVERS_MAX; i++)
		if (running[i] == old) {
			running[i] = new;
			return;
		}
	die("more than %d servers", SERVERS_MAX);
}

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "." : value;
}

const char *server_library(void)
{
	static char path[PATH_MAX];
	const char *other = getenv("BINDRIGHT_LIB");

	if (other != NULL)
		return other;
	snprintf(path, sizeof(path), "%s/shim/.libs/libbindright.so",
		environment("abs_top_builddir"));
	return path;
}

/* A socket belongs to the group that its maker is in. */
static void enter(const char *group)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die("%s", path);
	close(fd);
}

_Noreturn static void become(
	const char *const command[], const char *group, const char *preload, int output)
{
	char path[PATH_MAX];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (group != NULL)
		enter(group);
	/* The listener stays dual-stack: its replies are measured. */
	setenv("BINDRIGHT_V6ONLY", "off", 1);
	if (preload != NULL)
		setenv("LD_PRELOAD", preload, 1);
	dup2(output, STDOUT_FILENO);
	snprintf(path, sizeof(path), "%s/%s", environment("abs_top_builddir"), command[0]);
	execv(path, (char *const *)command);
	die("%s", path);
}

const char *server_start(
	const char *const command[], const char *group, const char *preload, struct server *ret)
{
	static char line[PATH_MAX];
	struct pollfd ready;
	ssize_t len;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		die("pipe2");
	fflush(stdout);
	ret->pid = fork_child();
	if (ret->pid == 0)
		become(command, group, preload, ends[1]);
	replace(0, ret->pid);
	close(ends[1]);
	ready = (struct pollfd){ends[0], POLLIN, 0};
	if (poll(&ready, 1, LIMIT_MS) != 1)
		die("'%s' is not ready in time", command[0]);
	len = read(ends[0], line, sizeof(line) - 1);
	close(ends[0]);
	if (len <= 0) {
		server_stop(ret);
		return NULL;
	}
	line[len] = '\0';
	if (clock_getcpuclockid(ret->pid, &ret->clock) != 0)
		die("clock_getcpuclockid");
	return line;
}

void server_serve(const char *style, enum family family, const char *port, const char *group,
	const char *preload, struct server *ret)
{
	const char *const commands[FAMILIES][6] = {
		[FAMILY_V4] = {"tests/bench/serve", style, "0.0.0.0", port},
		[FAMILY_V6] = {"tests/bench/serve", style, "-6", "::", port},
		[FAMILY_DUAL] = {"tests/bench/serve", style, "-d", "::", port},
	};

	ret->port = port;
	if (server_start(commands[family], group, preload, ret) == NULL)
		die("tests/bench/serve %s does not start", style);
}

void server_stop(struct server *server)
{
	if (server->pid > 0) {
		kill(server->pid, SIGTERM);
		waitpid(server->pid, NULL, 0);
		replace(server->pid, 0);
	}
	server->pid = 0;
}

void server_stop_all(void)
{
	for (int i = 0; i < SERVERS_MAX; i++)
		server_stop(&(struct server){.pid = running[i]});
}

uint64_t server_cpu_ns(const struct server *server)
{
	struct timespec its, mine;

	if (clock_gettime(server->clock, &its) != 0 ||
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mine) != 0)
		die("clock_gettime");
	return (uint64_t)(its.tv_sec + mine.tv_sec) * 1000000000 +
	       (uint64_t)(its.tv_nsec + mine.tv_nsec);
}
