/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts system calls by strace(1), attached to a daemon that runs. */
#include "bench.h"

#include "servers/common.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 10000 };

static bool is_traced(pid_t pid, const char *thread)
{
	char path[PATH_MAX], line[256];
	FILE *status;
	int tracer = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int)pid, thread);
	status = fopen(path, "re");
	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	if (status != NULL)
		fclose(status);
	return tracer != 0;
}

static bool are_threads_traced(pid_t pid)
{
	char path[64];
	const struct dirent *entry;
	DIR *threads;
	bool ret = true;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	threads = opendir(path);
	while (ret && threads != NULL && (entry = readdir(threads)) != NULL)
		ret = entry->d_name[0] == '.' || is_traced(pid, entry->d_name);
	if (threads != NULL)
		closedir(threads);
	return ret;
}

static pid_t start_strace(const struct server *server, const char *output)
{
	const char *path = server_find("strace");
	char pids[SERVER_PROCESSES * 16] = "";
	pid_t ret;

	if (path == NULL)
		return 0;
	for (unsigned int i = 0; i < server->processes; i++)
		snprintf(pids + strlen(pids), sizeof(pids) - strlen(pids), "%d,",
			(int)server->pids[i]);
	pids[strlen(pids) - 1] = '\0';
	ret = fork_child();
	if (ret == 0) {
		execl(path, path, "-q", "-f", "-c", "-o", output, "-p", pids, (char *)NULL);
		_exit(127);
	}
	return ret;
}

/* False if strace ended first, because it may not trace. */
static bool await_strace(pid_t strace, const struct server *server)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	bool is_ready = false;

	for (int i = 0; !is_ready && i < LIMIT_MS; i++) {
		if (waitpid(strace, NULL, WNOHANG) != 0)
			return false;
		is_ready = true;
		for (unsigned int k = 0; k < server->processes; k++)
			is_ready = is_ready && are_threads_traced(server->pids[k]);
		nanosleep(&pause, NULL);
	}
	return is_ready;
}

static void add(const char *name, double times, struct calls *calls)
{
	unsigned int i = 0;

	while (i < calls->count && strcmp(calls->of[i].name, name) != 0)
		i++;
	if (i == CALLS_MAX)
		die("more than %d kinds of system call", CALLS_MAX);
	if (i == calls->count)
		snprintf(calls->of[calls->count++].name, sizeof(calls->of[i].name), "%s", name);
	calls->of[i].times += times;
	calls->sum += times;
}

/* "% time seconds usecs/call calls [errors] syscall" */
static void read_table(const char *path, unsigned int requests, struct calls *calls)
{
	FILE *table = fopen(path, "re");
	char line[256], name[32];
	unsigned long times;

	while (table != NULL && fgets(line, sizeof(line), table) != NULL)
		if ((sscanf(line, "%*f %*f %*u %lu %*u %31[a-z0-9_]", &times, name) == 2 ||
			    sscanf(line, "%*f %*f %*u %lu %31[a-z0-9_]", &times, name) == 2) &&
			strcmp(name, "total") != 0)
			add(name, (double)times / requests, calls);
	if (table != NULL)
		fclose(table);
}

bool calls_count(const struct server *server, void (*ask)(unsigned int count, void *data),
	unsigned int count, void *data, struct calls *ret)
{
	char output[PATH_MAX];
	pid_t strace;
	bool is_counted;
	int fd;

	snprintf(output, sizeof(output), "%s/strace-XXXXXX", daemon_directory());
	fd = mkstemp(output);
	if (fd < 0)
		die("%s", output);
	close(fd);
	strace = start_strace(server, output);
	is_counted = strace > 0 && await_strace(strace, server);
	if (is_counted) {
		ask(count, data);
		kill(strace, SIGINT);
		waitpid(strace, NULL, 0);
		read_table(output, count, ret);
	} else if (strace > 0) {
		kill(strace, SIGKILL);
		waitpid(strace, NULL, 0);
	}
	unlink(output);
	return is_counted;
}
