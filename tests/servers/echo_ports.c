/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One process with a UDP socket for each port, and poll: DNS servers with a port for queries and
 * one for notifies, RADIUS servers with one for accounting, IKE daemons with 500 and 4500.
 *
 *	echo_ports [SERVER OPTIONS] ADDRESS PORT...
 *
 * With -i it also serves descriptor 0, which is already bound.
 */
#include "common.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define PORTS_MAX 16

int main(int argc, char **argv)
{
	struct pollfd polls[PORTS_MAX];
	struct letter received;
	nfds_t count = 0;
	int letter;

	while ((letter = getopt(argc, argv, SERVER_LETTERS)) != -1) {
		if (letter == 'i')
			polls[count++] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
		else
			server_letter(letter);
	}
	for (int i = optind + 1; i < argc; i++) {
		char *place[] = {argv[optind], argv[i], NULL};

		errno = 0;
		if (count == PORTS_MAX)
			die("more than %d ports", PORTS_MAX);
		polls[count++] =
			(struct pollfd){.fd = server_bind(2, place, SOCK_DGRAM), .events = POLLIN};
	}
	ready();
	for (;;) {
		if (poll(polls, count, -1) < 0)
			die("poll");
		for (nfds_t i = 0; i < count; i++) {
			if (polls[i].revents == 0)
				continue;
			receive_letter(polls[i].fd, &received);
			answer_letter(polls[i].fd, &received);
		}
	}
}
