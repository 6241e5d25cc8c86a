/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A socket bound in the parent and used in forked workers, as in kamailio and preforking DNS and
 * RADIUS servers: each worker receives and answers.
 *
 * With -a the parent receives and a child that was forked before the first request answers, so
 * that nothing which one process learns reaches the other unless memory is shared.
 */
#include "common.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define WORKERS 4

static void echo_forever(int fd)
{
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		answer_letter(fd, &letter);
	}
}

static bool fork_worker(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child > 0)
		return false;
	/* The tests end the parent only, by its pid; workers must not outlive it. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(2);
	return true;
}

static void receive_here_answer_there(int fd)
{
	int queue[2];

	if (pipe(queue) < 0)
		die("pipe");
	if (fork_worker()) {
		struct letter letter;

		while (take_letter(queue[0], &letter))
			answer_letter(fd, &letter);
		_exit(0);
	}
	ready();
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		pass_letter(queue[1], &letter);
	}
}

int main(int argc, char **argv)
{
	bool child_answers = false;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "a")) != -1) {
		if (letter == 'a')
			child_answers = true;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	if (child_answers)
		receive_here_answer_there(fd);
	for (int i = 0; i < WORKERS; i++) {
		if (fork_worker())
			echo_forever(fd);
	}
	ready();
	for (;;)
		pause();
}
