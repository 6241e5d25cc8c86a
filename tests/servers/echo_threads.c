/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One thread receives, another sends, on the same socket, as in minetest, radsecproxy and most
 * servers with a work queue. The sending thread must know what the receiving one has learned.
 */
#include "common.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

/* Written once by main, before the sending thread starts. */
static int socket_fd;
static int queue[2];

static void *send_answers(void *unused)
{
	struct letter letter;

	(void)unused;
	while (take_letter(queue[0], &letter))
		answer_letter(socket_fd, &letter);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t sender;

	socket_fd = server_open(argc, argv);
	if (pipe(queue) < 0)
		die("pipe");
	errno = pthread_create(&sender, NULL, send_answers, NULL);
	if (errno != 0)
		die("pthread_create");
	ready();
	for (;;) {
		struct letter letter;

		receive_letter(socket_fd, &letter);
		pass_letter(queue[1], &letter);
	}
}
