/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/by_kernel.h"

#include "ctl/list.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_RUN = 127 };

/* Returns the arguments of bindrightctl: of the settings, those that are not the defaults. */
static char **make_arguments(const char *bindrightctl, const struct assignments *assignments)
{
	const char *const first[] = {bindrightctl, "attach", "--quiet", "--detach", "--move"};
	const size_t count = sizeof(first) / sizeof(first[0]);
	char **ret = or_fail(calloc(count + assignments->count + 2, sizeof(*ret)));
	char pid[16];

	for (size_t i = 0; i < count; i++)
		ret[i] = or_fail(strdup(first[i]));
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ret[count] = or_fail(strdup(pid));
	for (size_t i = 0; i < assignments->count; i++) {
		const struct assignment *one = &assignments->list[i];
		const size_t size = strlen(one->name) + strlen(one->value) + sizeof("=");

		ret[count + 1 + i] = or_fail(malloc(size));
		snprintf(ret[count + 1 + i], size, "%s=%s", one->name, one->value);
	}
	return ret;
}

static void free_arguments(char **arguments)
{
	for (char **at = arguments; *at != NULL; at++)
		free(*at);
	free(arguments);
}

/* Runs the program, and returns its status as waitpid(2) gives it, or -1 with errno set. */
static int run(char *arguments[])
{
	const struct sigaction wanted = {.sa_handler = SIG_DFL};
	struct sigaction saved;
	int status = -1, error;
	pid_t child, ended;

	/* Where SIGCHLD is ignored, a child leaves no status. */
	sigaction(SIGCHLD, &wanted, &saved);
	child = fork();
	if (child == 0) {
		execv(arguments[0], arguments);
		say_error("cannot execute '%s': %s (is bindrightctl installed?)", arguments[0],
			strerror(errno));
		_exit(EXIT_NOT_RUN);
	}
	do
		ended = child > 0 ? waitpid(child, &status, 0) : -1;
	while (ended < 0 && child > 0 && errno == EINTR);
	error = errno;
	sigaction(SIGCHLD, &saved, NULL);
	errno = error;
	return ended < 0 ? -1 : status;
}

bool by_kernel_start(
	const char *bindrightctl, const struct assignments *assignments, struct error_line *error)
{
	char **arguments = make_arguments(bindrightctl, assignments);
	const int status = run(arguments);

	free_arguments(arguments);
	if (status == 0)
		return true;
	if (status == -1)
		return say_into(error, "option '--kernel': %s", strerror(errno));
	return say_into(error, "option '--kernel': the command is not started, because nothing is "
			       "attached");
}
