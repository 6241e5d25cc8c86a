/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forked workers, as in kamailio and preforking DNS and RADIUS servers: four, each of which
 * receives and answers, on one socket that the parent has bound. With -o each worker has its own
 * socket at the same port, which it binds itself; with -O the parent binds them all.
 *
 * -w XY: one process receives and passes the request to another, which answers. X and Y are p for
 * the parent, c for a child, d for another child, g for a child of c. All are forked before the
 * first request, so nothing that one learns reaches another without shared memory. -a is -w pc.
 *
 * -e: the parent receives, and forks a child for each request, which answers and ends.
 *
 * -l COUNT: the parent first receives and answers COUNT requests itself, before it forks.
 */
#include "common.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define WORKERS 4

enum sockets { SOCKETS_ONE, SOCKETS_OF_WORKERS, SOCKETS_OF_PARENT };

/* The command line, written only by main. */
static enum sockets sockets;
static const char *roles;
static bool forks_for_each;
static int early_requests;

static void echo_one(int fd)
{
	struct letter letter;

	receive_letter(fd, &letter);
	answer_letter(fd, &letter);
}

static void echo_forever(int fd)
{
	for (;;)
		echo_one(fd);
}

static void pause_forever(void)
{
	for (;;)
		pause();
}

/* ---- Workers --------------------------------------------------------------------------------- */

static _Noreturn void work(int fd, int done_fd, int argc, char **argv)
{
	if (sockets == SOCKETS_OF_WORKERS)
		fd = server_bind(argc, argv, SOCK_DGRAM);
	if (write(done_fd, "b", 1) != 1)
		die("write to pipe");
	close(done_fd);
	echo_forever(fd);
	_exit(0);
}

static void start_workers(int fd, int argc, char **argv)
{
	int fds[WORKERS] = {fd, fd, fd, fd}, done[2];
	char byte;

	if (sockets == SOCKETS_OF_PARENT)
		for (int i = 1; i < WORKERS; i++)
			fds[i] = server_bind(argc, argv, SOCK_DGRAM);
	if (pipe(done) < 0)
		die("pipe");
	for (int i = 0; i < WORKERS; i++)
		if (fork_child() == 0)
			work(fds[i], done[1], argc, argv);
	for (int i = 0; i < WORKERS; i++)
		if (read(done[0], &byte, 1) != 1)
			die("read from pipe");
}

/* ---- One receives, another answers ----------------------------------------------------------- */

static void play(char me, int fd, const int queue[2])
{
	struct letter letter;

	if (me == roles[0] && me == roles[1])
		echo_forever(fd);
	while (me == roles[0]) {
		receive_letter(fd, &letter);
		pass_letter(queue[1], &letter);
	}
	while (me == roles[1] && take_letter(queue[0], &letter))
		answer_letter(fd, &letter);
	pause_forever();
}

static void start_family(int fd)
{
	int queue[2];

	if (pipe(queue) < 0)
		die("pipe");
	if (fork_child() == 0)
		play(fork_child() == 0 ? 'g' : 'c', fd, queue);
	if (fork_child() == 0)
		play('d', fd, queue);
	if (early_requests == 0)
		ready();
	play('p', fd, queue);
}

static void fork_for_each(int fd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		if (fork_child() == 0) {
			answer_letter(fd, &letter);
			_exit(0);
		}
	}
}

static void parse_letter(int letter)
{
	switch (letter) {
	case 'o':
		sockets = SOCKETS_OF_WORKERS;
		break;
	case 'O':
		sockets = SOCKETS_OF_PARENT;
		break;
	case 'a':
		roles = "pc";
		break;
	case 'w':
		roles = optarg;
		break;
	case 'e':
		forks_for_each = true;
		break;
	case 'l':
		early_requests = atoi(optarg);
		break;
	default:
		server_letter(letter);
	}
	if (letter == 'o' || letter == 'O')
		server_letter('r');
}

int main(int argc, char **argv)
{
	int letter, fd = -1;

	while ((letter = getopt(argc, argv, "6diroOaw:el:")) != -1)
		parse_letter(letter);
	if (sockets != SOCKETS_OF_WORKERS)
		fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	if (early_requests > 0)
		ready();
	for (int i = 0; i < early_requests; i++)
		echo_one(fd);
	if (roles != NULL)
		start_family(fd);
	if (forks_for_each) {
		ready();
		fork_for_each(fd);
	}
	start_workers(fd, argc - optind, argv + optind);
	if (early_requests == 0)
		ready();
	pause_forever();
}
