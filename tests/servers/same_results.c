/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a fixed list of valid and invalid calls on every kind of descriptor, and prints all that
 * can be observed of each. Run bare and with the library it must print the same: the library's
 * first promise is that a program gets from every call exactly what libc alone would give.
 *
 * Usage: same_results [-d] [FAMILY]...   -d: dual-stack sockets too (BINDRIGHT_V6ONLY=off)
 *
 * How it is made:
 *   - A kind (same_results_kinds.c) is what a descriptor can be: UDP wildcard, TCP listening, ...,
 *     closed. A station is an open one (same_results_open.c) with its peer: it can be fed, met (so
 *     the library knows the peer), heard and closed (same_results_stations.c).
 *   - Memory (same_results_say.c) has good and bad places for each argument of a call: past the end
 *     of a page, read-only, misaligned, unmapped.
 *   - A family is a file, named after it: a table of rows, and one function that makes a row's call
 *     on a station and prints the result on one line. Most families do so for each kind, each kind
 *     in its own process (run_apart), so a crash costs no more than that.
 *   - A scene (same_results_scenes.c) happens to a station before the call: pending errors, for the
 *     family errors. Tasks (same_results_task.c) are calls for threads to make, and the flow
 *     (same_results_flow.c) is one for signals to interrupt.
 * The family read_only runs only if it is named: it has what the library is known not to cover
 * (HACKING.md).
 *
 * To add a case, add a row to its family's table. To add a call, add it to the enum of the family
 * for its arguments (receive, send, batch, options, descriptors, bind or connect), to the switch
 * that makes it, and to the tasks; and to the flow, if it may wait.
 *
 * Never print what differs between two bare runs: a time, process ID or ephemeral port. Never wait
 * for a fixed time: on the loopback interface a datagram has arrived when send returns, and
 * same_results_ready.c tells what other threads are doing.
 */
#include "same_results.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only a part in which a call blocks by mistake takes longer. */
enum { PART_LIMIT_S = 20 };

static const struct {
	const char *name;
	void (*run)(void);
	bool is_extra; /* only if named */
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
	{"cancel", family_cancel, false},
	{"crowd", family_crowd, false},
	{"vfork", family_vfork, false},
	{"signals", family_signals, false},
	{"handlers", family_handlers, false},
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

void kinds_run(const char *const names[], size_t count, void (*part)(const void *kind))
{
	for (size_t i = 0; i < count; i++) {
		const struct kind *kind = kind_find(names[i]);

		if (!(kind->flags & KIND_DUAL) || wants_dual)
			run_apart(kind->name, part, kind);
	}
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

	printf("errno %d\n", errno); /* a program begins with 0 */
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
