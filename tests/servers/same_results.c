/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a fixed list of calls, right ones and wrong ones, on every kind of descriptor, and prints
 * all that can be observed of each. Run bare and with the library it must print the same: what the
 * library promises first is that a program gets of every call exactly what libc alone would give.
 *
 * Usage: same_results [-d] [FAMILY]...   -d: dual-stack sockets too (BINDRIGHT_V6ONLY=off)
 */
#include "same_results.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* No part takes longer than this unless a call waits that should not. */
enum { PART_LIMIT_S = 20 };

static const struct {
	const char *name;
	void (*run)(void);
	bool is_extra; /* only where it is asked for */
} families[] = {
	{"receive", family_receive, false},
	{"send", family_send, false},
	{"control", family_control, false},
	{"batch", family_batch, false},
	{"options", family_options, false},
	{"shared", family_shared, false},
	{"errors", family_errors, false},
	{"descriptors", family_descriptors, false},
	{"bind", family_bind, false},
	{"connect", family_connect, false},
	{"stale", family_stale, false},
	{"rights", family_rights, false},
	{"threads", family_threads, false},
	{"vfork", family_vfork, false},
	{"signals", family_signals, false},
	{"read_only", family_read_only, true},
};

bool wants_dual;

void run_apart(const char *name, void (*part)(const void *), const void *arg)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		alarm(PART_LIMIT_S);
		part(arg);
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		printf("\n%s: ended by signal %d\n", name, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		printf("\n%s: ended with status %d\n", name, WEXITSTATUS(status));
}

static bool is_wanted(size_t family, int count, char **names)
{
	if (count == 0)
		return !families[family].is_extra;
	for (int i = 0; i < count; i++)
		if (strcmp(families[family].name, names[i]) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "d")) != -1) {
		if (letter != 'd')
			return 2;
		wants_dual = true;
	}
	signal(SIGPIPE, SIG_IGN);
	memory_init();
	raw_init();
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (is_wanted(i, argc - optind, argv + optind))
			families[i].run();
	puts("done");
	return 0;
}
