/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts instructions, exactly, by single steps:
 *
 *	steps [-l LIBRARY] PROGRAM [ARGUMENT]...
 *
 * Prints the median over the rounds that the program marks (steps.h), with LIBRARY in LD_PRELOAD if
 *that is given. Code of the vDSO counts, too, which valgrind(1) replaces by its own; and nothing
 *else that runs on the machine changes the figure. Exit status 77, and the reason, where it cannot
 *count.
 */
#include "steps.h"

#include "common.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS_MAX = 1000, SKIP = 77, LIMIT_S = 300 };

static void skip(const char *reason)
{
	puts(reason);
	exit(SKIP);
}

#if STEPS_KNOWN
static void check_build(void)
{
#ifndef __OPTIMIZE__
	skip("built without optimization");
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip("built with a sanitizer");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	skip("built with a sanitizer");
#endif
#endif
}

/* Waits for the child to stop; returns the signal. */
static int wait_for_stop(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	errno = 0;
	if (!WIFSTOPPED(status))
		die("the program ended before it was counted: status %#x", status);
	return WSTOPSIG(status);
}

static pid_t start(char **command, const char *library)
{
	pid_t pid = fork_child();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	personality(ADDR_NO_RANDOMIZE);
	setenv(STEPS_VARIABLE, "", 1);
	if (library != NULL)
		setenv("LD_PRELOAD", library, 1);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		skip("ptrace is not allowed here");
	execv(command[0], command);
	die("%s", command[0]);
}

/* Runs it up to its mark, which tells where rounds begin and where the last one ends. */
static void find_marks(pid_t pid, uint64_t *ret_round, uint64_t *ret_end)
{
	struct user_regs_struct registers;
	int number = wait_for_stop(pid);

	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
	do {
		ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)(number == SIGTRAP ? 0 : number));
	} while ((number = wait_for_stop(pid)) != SIGTRAP);
	ptrace(PTRACE_GETREGS, pid, NULL, &registers);
	*ret_round = registers.rax;
	*ret_end = registers.rcx;
}

static int count(pid_t pid, uint64_t round, uint64_t end, uint64_t counts[])
{
	uint64_t at, steps = 0;
	int rounds = -1;

	do {
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0)
			die("ptrace");
		wait_for_stop(pid);
		at = (uint64_t)ptrace(
			PTRACE_PEEKUSER, pid, (void *)offsetof(struct user_regs_struct, rip), NULL);
		steps++;
		if (at != round)
			continue;
		if (rounds >= 0 && rounds < ROUNDS_MAX)
			counts[rounds] = steps;
		rounds++;
		steps = 0;
	} while (at != end);
	return rounds;
}

static int compare(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
	static uint64_t counts[ROUNDS_MAX];
	const char *library = NULL;
	uint64_t round, end;
	int letter, rounds;
	pid_t pid;

	while ((letter = getopt(argc, argv, "+l:")) != -1)
		library = letter == 'l' ? optarg : NULL;
	if (optind == argc)
		die("usage: steps [-l LIBRARY] PROGRAM [ARGUMENT]...");
	check_build();
	alarm(LIMIT_S);
	pid = start(argv + optind, library);
	find_marks(pid, &round, &end);
	rounds = count(pid, round, end, counts);
	kill(pid, SIGKILL);
	if (rounds < 1)
		die("no round");
	qsort(counts, (size_t)rounds, sizeof(counts[0]), compare);
	printf("%llu\n", (unsigned long long)counts[rounds / 2]);
	return 0;
}
#else
int main(void)
{
	skip("only x86_64 is counted");
}
#endif
