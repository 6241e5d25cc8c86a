/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The child stops itself right before the flow and right after it. In between, the parent steps
 * through it, one instruction at a time, up to this child's point.
 */
#include "interrupt.h"

#include "unit.h"

#include <signal.h>
#include <sys/ptrace.h>

/* The limit of steps for all children of a flow. Up to a thousand instructions, each is a point; in
 * a longer flow (a sanitizer's build), points are left out evenly. */
enum { STEPS_TOGETHER = 500000 };
/* For flows that never end when stepped through: on processors whose atomic operations are loops
 * (load-linked, store-conditional), each stop loses the reservation. */
enum { STEPS_MAX = 200000 };

enum { EXIT_UNTRACED = 77, SKIP = -1, BAD = -2 };

static void run_child(const struct interruption *interruption)
{
	alarm(60);
	if (interruption->handler != NULL)
		signal(SIGUSR1, interruption->handler);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(EXIT_UNTRACED);
	kill(getpid(), SIGSTOP);
	interruption->flow();
	kill(getpid(), SIGSTOP);
	_exit(interruption->handler != NULL ? interruption->verdict() != 0 : 0);
}

static bool is_stopped_by(int status, int signal)
{
	return WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

/* Returns the child, stopped before the flow; -1 if there can be none. */
static pid_t start_child(const struct interruption *interruption)
{
	int status = 0;
	pid_t child;

	if (interruption->prepare != NULL)
		interruption->prepare();
	child = fork();
	if (child == 0)
		run_child(interruption);
	if (child == -1 || waitpid(child, &status, 0) != child)
		return -1;
	return is_stopped_by(status, SIGSTOP) ? child : -1;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Steps at most count times. Returns the number of steps before the flow's end; SKIP if stepping
 * failed. */
static int step(pid_t child, int count)
{
	for (int taken = 0; taken < count; taken++) {
		int status = 0;

		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 ||
			waitpid(child, &status, 0) != child)
			return SKIP;
		if (is_stopped_by(status, SIGSTOP))
			return taken;
		if (!is_stopped_by(status, SIGTRAP))
			return SKIP;
	}
	return count;
}

static int measure(const struct interruption *interruption)
{
	pid_t child = start_child(interruption);
	int steps;

	if (child == -1)
		return SKIP;
	steps = step(child, STEPS_MAX);
	end_child(child);
	return steps < STEPS_MAX ? steps : SKIP;
}

/* Continues the child with this signal, past its own stop after the flow, to its exit. */
static int finish(pid_t child, long signal)
{
	int status = 0;

	if (ptrace(PTRACE_CONT, child, NULL, (void *)signal) != 0 ||
		waitpid(child, &status, 0) != child)
		return BAD;
	if (is_stopped_by(status, SIGSTOP))
		return finish(child, 0);
	if (WIFSTOPPED(status)) {
		end_child(child);
		return BAD;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : BAD;
}

static int interrupt_at(const struct interruption *interruption, int point)
{
	pid_t child = start_child(interruption);

	if (child == -1 || step(child, point) == SKIP)
		return BAD;
	if (interruption->handler != NULL)
		return finish(child, SIGUSR1);
	end_child(child);
	return interruption->verdict();
}

/* A child takes half of the flow's steps on average. */
static int distance_of_points(int steps)
{
	int most = 2 * STEPS_TOGETHER / (steps + 2);
	int points = runs(steps < most ? steps : most);

	return (steps + points - 1) / points;
}

int interrupt_everywhere(const struct interruption *interruption)
{
	int steps = measure(interruption);
	int stride;

	if (steps == SKIP)
		skip();
	stride = distance_of_points(steps);
	for (int point = 1; point <= steps; point += stride)
		if (interrupt_at(interruption, point) != 0)
			return point;
	return 0;
}
