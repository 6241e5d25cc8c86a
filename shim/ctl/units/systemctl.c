/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/systemctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1024 * 1024, SHOW_LIMIT_S = 20 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What systemctl says is read by this program, or quoted in a message: in no other language, and
 * without a pager or colours. */
_Noreturn static void become_systemctl(const char *const argv[], int output)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	setenv("LC_ALL", "C", 1);
	setenv("SYSTEMD_COLORS", "0", 1);
	setenv("SYSTEMD_PAGER", "", 1);
	execvp(argv[0], (char *const *)argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reads until the end, or until the time is over: then returns false. What is longer than
 * OUTPUT_MAX is read and dropped, so that the child does not wait. */
static bool read_output(int fd, int64_t end_ms, char *ret)
{
	size_t len = 0;
	char rest[4096] = {0};

	for (;;) {
		struct pollfd ready = {fd, POLLIN, 0};
		int64_t left_ms = end_ms - now_ms();
		bool is_full = len >= OUTPUT_MAX;
		ssize_t got;

		if (left_ms <= 0)
			return false;
		if (poll(&ready, 1, (int)left_ms) <= 0)
			continue;
		got = read(
			fd, is_full ? rest : ret + len, is_full ? sizeof(rest) : OUTPUT_MAX - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += is_full ? 0 : (size_t)got;
		ret[len] = '\0';
	}
	return true;
}

static void write_command(const char *const argv[], char *ret, size_t size)
{
	size_t len = 0;

	for (int i = 0; argv[i] != NULL && len < size; i++)
		if (strncmp(argv[i], "--", 2) != 0)
			len += (size_t)snprintf(
				ret + len, size - len, "%s%s", i > 0 ? " " : "", argv[i]);
}

static bool judge_end(const char *command, int status, const char *output, struct error_line *error)
{
	const char *what = output + strspn(output, " \n");

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (*what == '\0')
		return say_into(error, "%s: failed without a message (status %d)", command,
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return say_into(error, "%s: %.*s", command, (int)strcspn(what, "\n"), what);
}

/* Returns what it wrote as a new text, or NULL with a message. */
static char *run(const char *const argv[], int limit_s, struct error_line *error)
{
	char command[512] = "", *output = or_fail(calloc(1, OUTPUT_MAX + 1));
	int pipe_fds[2], status = 0;
	pid_t child;
	bool is_done;

	write_command(argv, command, sizeof(command));
	if (pipe2(pipe_fds, O_CLOEXEC) != 0 || (child = fork()) < 0) {
		say_into(error, "%s: %s", command, strerror(errno));
		free(output);
		return NULL;
	}
	if (child == 0)
		become_systemctl(argv, pipe_fds[1]);
	close(pipe_fds[1]);
	is_done = read_output(pipe_fds[0], now_ms() + (int64_t)limit_s * 1000, output);
	close(pipe_fds[0]);
	if (!is_done)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_done)
		say_into(error, "%s: not done within %d seconds", command, limit_s);
	else if (judge_end(command, status, output, error))
		return output;
	free(output);
	return NULL;
}

bool systemctl_do(const char *verb, const char *unit, int limit_s, struct error_line *error)
{
	const char *const argv[] = {"systemctl", "--no-ask-password", verb, unit, NULL};
	char *output = run(argv, limit_s, error);

	free(output);
	return output != NULL;
}

bool systemctl_show(
	const char *unit, const char *properties, struct texts *ret, struct error_line *error)
{
	char *list = text_format("--property=%s", properties);
	const char *const argv[] = {"systemctl", "--no-pager", list, "show", unit, NULL};
	char *output = run(argv, SHOW_LIMIT_S, error), *line;

	for (char *rest = output; (line = strsep(&rest, "\n")) != NULL;)
		if (strchr(line, '=') != NULL)
			texts_add(ret, line);
	free(list);
	return output != NULL;
}

const char *systemctl_property(const struct texts *properties, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < properties->count; i++)
		if (strncmp(properties->list[i], name, len) == 0 && properties->list[i][len] == '=')
			return properties->list[i] + len + 1;
	return "";
}
