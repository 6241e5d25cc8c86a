/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forked workers that SIGKILL ends at any moment, one after the other, as a memory limit or a
 * watchdog would: the parent kills one, waits for it and forks another, KILLS times; then it
 * prints "killed KILLS", and the remaining workers go on. Each worker receives and answers; with
 * -a another child, which is not killed, answers what the workers receive.
 *
 *	echo_killed [-6|-d|-i] [-a] [ADDRESS] PORT KILLS
 */
#include "common.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 4
/* Between two kills. */
#define PAUSE_MAX_NS 8000000

/* With -a, the pipe to which the workers write what they receive. */
static int queue[2] = {-1, -1};

static pid_t workers[WORKERS];

/* Returns a random number below limit. */
static uint32_t dice_below(uint32_t end)
{
	static uint32_t state = 2463534242; /* xorshift, Marsaglia 2003 */

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % end;
}

/* Runs this in a child. */
static pid_t start(void (*run)(int fd), int fd)
{
	pid_t child = fork_child();

	if (child > 0)
		return child;
	run(fd);
	_exit(0);
}

static void work(int fd)
{
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		if (queue[1] < 0)
			answer_letter(fd, &letter);
		else
			pass_letter(queue[1], &letter);
	}
}

static void answer(int fd)
{
	struct letter letter;

	while (take_letter(queue[0], &letter))
		answer_letter(fd, &letter);
}

static void replace_one(int fd)
{
	struct timespec pause = {.tv_nsec = dice_below(PAUSE_MAX_NS)};
	pid_t *worker = &workers[dice_below(WORKERS)];
	int status = 0;

	nanosleep(&pause, NULL);
	kill(*worker, SIGKILL);
	if (waitpid(*worker, &status, 0) != *worker || !WIFSIGNALED(status) ||
		WTERMSIG(status) != SIGKILL)
		die("a worker ended by itself, status %#x", (unsigned int)status);
	*worker = start(work, fd);
}

int main(int argc, char **argv)
{
	bool is_answered_elsewhere = false;
	int letter, fd, kills;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "a")) != -1) {
		if (letter == 'a')
			is_answered_elsewhere = true;
		else
			server_letter(letter);
	}
	if (argc - optind < 2)
		server_letter('?');
	kills = atoi(argv[argc - 1]);
	fd = server_bind(argc - 1 - optind, argv + optind, SOCK_DGRAM);
	if (is_answered_elsewhere) {
		if (pipe(queue) < 0)
			die("pipe");
		start(answer, fd);
	}
	for (int i = 0; i < WORKERS; i++)
		workers[i] = start(work, fd);
	ready();
	for (int i = 0; i < kills; i++)
		replace_one(fd);
	printf("killed %d\n", kills);
	fflush(stdout);
	for (;;)
		pause();
}
