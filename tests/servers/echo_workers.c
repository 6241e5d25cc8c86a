/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads (-n, by default 4) that all receive and answer on one socket, as memcached's do. Between
 * a request and its answer the others learn new peers.
 */
#include "common.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static void *work(void *arg)
{
	int fd = *(int *)arg;

	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		answer_letter(fd, &letter);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = 4;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "n:")) != -1) {
		if (letter == 'n')
			threads = parse_number(letter, 100);
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	for (int i = 1; i < threads; i++) {
		pthread_t thread;

		errno = pthread_create(&thread, NULL, work, &fd);
		if (errno != 0)
			die("pthread_create");
	}
	ready();
	work(&fd);
}
