/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plays a sequence in several processes and threads, one step at a time. Each of them walks through
 * all steps and makes its own ones: it waits until the number in shared memory is the step's, and
 * then passes the turn on. So a process that is executed anew, or a child, needs to know only where
 * it is.
 */
#include "differential.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Without a step in this time, the sequence hangs. */
enum { STEP_LIMIT_S = 5, TURN_OVER = STEPS + 1 };

struct shared *shared;
_Thread_local int self_process, self_thread;

static bool has_helper;

static void wait_for_change(int seen, const struct timespec *limit)
{
	syscall(SYS_futex, &shared->turn, FUTEX_WAIT, seen, limit, NULL, 0);
}

static void pass_turn(int turn)
{
	atomic_store(&shared->turn, turn);
	syscall(SYS_futex, &shared->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void wait_for_turn(int step)
{
	int seen;

	while ((seen = atomic_load(&shared->turn)) < step)
		wait_for_change(seen, NULL);
	if (seen > step)
		pause();
}

/* Each processor has one queue for the loopback device, which a loaded machine empties a little
 * later; what was sent before a mark is there when the mark is. Thrice, for TCP's answers. */
void settle(void)
{
	char mark = 'm';

	for (int i = 0; i < 3; i++) {
		syscall(SYS_sendto, MARK_FD, &mark, 1, 0, NULL, 0);
		syscall(SYS_recvfrom, MARK_FD, &mark, 1, 0, NULL, NULL);
	}
}

static void *run_helper(void *from);

static void start_helper(int from)
{
	pthread_t thread;
	static int first;

	has_helper = true;
	first = self_process * STEPS + from;
	if (pthread_create(&thread, NULL, run_helper, &first) != 0)
		die("pthread_create");
}

static void walk(int from)
{
	for (int i = from; i < shared->plan.count; i++) {
		const struct step *step = &shared->plan.steps[i];

		if (step->op == OP_END && step->value == self_process) {
			if (self_thread != 0)
				return;
			wait_for_turn(i);
			_exit(0);
		}
		if (step->process != self_process)
			continue;
		if (step->thread != self_thread) {
			if (self_thread == 0 && !has_helper)
				start_helper(i);
			continue;
		}
		wait_for_turn(i);
		step_do(step, i);
		pass_turn(i + 1);
	}
	/* The end of a process would close its descriptors before that of others. */
	for (;;)
		pause();
}

static void *run_helper(void *from)
{
	int first = *(int *)from;

	self_process = first / STEPS;
	self_thread = 1;
	walk(first % STEPS);
	return NULL;
}

void play_fork(const struct step *step)
{
	int next = atomic_load(&shared->turn) + 1;
	struct process *child = &shared->processes[step->value];
	pid_t pid;

	*child = *self();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		self_process = (int)step->value;
		self_thread = 0;
		has_helper = false;
		walk(next);
	}
	child->pid = pid;
	say(" forked");
}

void play_end(const struct step *step)
{
	int status = 0;

	pass_turn(atomic_load(&shared->turn));
	waitpid(shared->processes[step->value].pid, &status, 0);
	say(" ended with %#x", (unsigned int)status);
}

void play_exec(void)
{
	char process[16], next[16];

	say_end();
	fflush(stdout);
	snprintf(process, sizeof(process), "%d", self_process);
	snprintf(next, sizeof(next), "%d", atomic_load(&shared->turn) + 1);
	execl("/proc/self/exe", "differential", "--resume", process, next, (char *)NULL);
	die("exec");
}

static void say_end_of_life(int signal)
{
	printf(" ended by signal %d\n", signal);
	fflush(stdout);
	pass_turn(TURN_OVER);
	_exit(1);
}

static void handle_signals(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};

	for (size_t i = 0; i < COUNT_OF(fatal); i++)
		signal(fatal[i], say_end_of_life);
	signal(SIGPIPE, SIG_IGN);
}

void play_on(int process, int step)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, SHARED_FD, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	handle_signals();
	memory_init();
	self_process = process;
	pass_turn(step);
	walk(step);
	abort();
}

static _Noreturn void begin(void)
{
	setpgid(0, 0);
	handle_signals();
	for (int i = 0; i < PROCESSES; i++)
		for (int slot = 0; slot < SLOTS_PER_PROCESS; slot++)
			shared->processes[i].fds[slot] = -1;
	shared->processes[0].pid = getpid();
	walk(0);
	abort();
}

/* Waits for the end of the sequence, or for a step that does not end. */
static bool wait_for_end(int end)
{
	const struct timespec limit = {.tv_sec = STEP_LIMIT_S};
	int seen;

	while ((seen = atomic_load(&shared->turn)) < end) {
		wait_for_change(seen, &limit);
		if (errno == ETIMEDOUT && atomic_load(&shared->turn) == seen)
			return false;
		errno = 0;
	}
	return true;
}

void play(void)
{
	pid_t first;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	memset(shared->processes, 0, sizeof(shared->processes));
	atomic_store(&shared->turn, 0);
	fflush(stdout);
	first = fork();
	if (first < 0)
		die("fork");
	if (first == 0)
		begin();
	setpgid(first, first);
	errno = 0;
	if (!wait_for_end(shared->plan.count))
		printf("\nhangs in step %d\n", atomic_load(&shared->turn));
	kill(-first, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	fflush(stdout);
}
