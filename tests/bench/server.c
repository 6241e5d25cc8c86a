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

enum { LIMIT_MS = 10000, STOP_MS = 5000, SERVERS_MAX = 24 };

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

const char *server_find(const char *command)
{
	static const char *const beside[] = {"/usr/sbin", "/sbin", "/usr/local/sbin"};
	static char path[PATH_MAX];
	const char *from = getenv("PATH");

	for (; from != NULL && *from != '\0'; from += strspn(from, ":")) {
		const int len = (int)strcspn(from, ":");

		snprintf(path, sizeof(path), "%.*s/%s", len, from, command);
		if (access(path, X_OK) == 0)
			return path;
		from += len;
	}
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", beside[i], command);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

const char *server_peer_library(void)
{
	const char *path = getenv("PEER");

	return path != NULL && path[0] != '\0' ? path : NULL;
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

/* A command without a leading slash is in the build tree. */
_Noreturn static void become(const char *const command[], const char *group, const char *preload,
	int output, bool is_quiet)
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
	if (is_quiet)
		dup2(output, STDERR_FILENO);
	snprintf(path, sizeof(path), "%s/%s", environment("abs_top_builddir"), command[0]);
	execv(command[0][0] == '/' ? command[0] : path, (char *const *)command);
	die("%s", command[0]);
}

static void start(const char *const command[], const char *group, const char *preload, int output,
	bool is_quiet, struct server *ret)
{
	fflush(stdout);
	ret->pids[0] = fork_child();
	if (ret->pids[0] == 0)
		become(command, group, preload, output, is_quiet);
	replace(0, ret->pids[0]);
	ret->processes = 1;
	if (clock_getcpuclockid(ret->pids[0], &ret->clocks[0]) != 0)
		die("clock_getcpuclockid");
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
	start(command, group, preload, ends[1], false, ret);
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
	return line;
}

void server_launch(const char *const command[], const char *group, const char *preload,
	const char *output, struct server *ret)
{
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		die("%s", output);
	start(command, group, preload, fd, true, ret);
	close(fd);
}

void server_add_children(struct server *server)
{
	char path[64];
	FILE *children;
	int pid;

	for (unsigned int i = 0; i < server->processes; i++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)server->pids[i],
			(int)server->pids[i]);
		children = fopen(path, "re");
		while (children != NULL && fscanf(children, "%d", &pid) == 1) {
			if (server->processes == SERVER_PROCESSES)
				die("a server of more than %d processes", SERVER_PROCESSES);
			if (clock_getcpuclockid(pid, &server->clocks[server->processes]) == 0)
				server->pids[server->processes++] = pid;
		}
		if (children != NULL)
			fclose(children);
	}
}

void server_serve(const char *style, enum family family, const char *address, const char *port,
	const char *group, const char *preload, struct server *ret)
{
	const char *const commands[FAMILIES][6] = {
		[FAMILY_V4] = {"tests/bench/serve", style, address ? address : "0.0.0.0", port},
		[FAMILY_V6] = {"tests/bench/serve", style, "-6", address ? address : "::", port},
		[FAMILY_DUAL] = {"tests/bench/serve", style, "-d", address ? address : "::", port},
	};

	ret->port = port;
	if (server_start(commands[family], group, preload, ret) == NULL)
		die("tests/bench/serve %s does not start", style);
}

/* One that does not end in time is killed. */
static void end(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	kill(pid, SIGTERM);
	for (int i = 0; i < STOP_MS; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void server_stop(struct server *server)
{
	if (server->processes > 0) {
		end(server->pids[0]);
		replace(server->pids[0], 0);
	}
	server->processes = 0;
}

void server_stop_all(void)
{
	for (int i = 0; i < SERVERS_MAX; i++)
		if (running[i] > 0)
			server_stop(&(struct server){.pids = {running[i]}, .processes = 1});
}

static uint64_t read_clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) != 0)
		die("clock_gettime");
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t server_cpu_ns(const struct server *server)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < server->processes; i++)
		sum += read_clock_ns(server->clocks[i]);
	return sum;
}

uint64_t server_own_cpu_ns(void)
{
	return read_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
