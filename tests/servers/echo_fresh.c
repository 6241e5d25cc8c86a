/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers from a new socket for each peer, as TFTP servers do (RFC 1350, section 4).
 *
 *	echo_fresh [-b] [-c] [-f] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * -b first binds the fresh socket, to the wildcard and port 0. -c connects it and writes,
 * instead of sendto. -f does so in a forked child.
 */
#include "common.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_binding, is_connecting, is_forking;

static void bind_to_any_port(int fd, sa_family_t family)
{
	struct endpoint any;

	resolve(family == AF_INET ? "0.0.0.0" : "::", "0", SOCK_DGRAM, &any);
	if (bind(fd, (const struct sockaddr *)&any.addr, any.addr_len) != 0)
		die("bind");
}

static void answer_afresh(const struct letter *letter)
{
	const struct sockaddr *peer = (const struct sockaddr *)&letter->peer.addr;
	int fd = socket(peer->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (is_binding)
		bind_to_any_port(fd, peer->sa_family);
	if (!is_connecting) {
		answer_letter(fd, letter);
	} else {
		if (connect(fd, peer, letter->peer.addr_len) != 0)
			die("connect");
		if (write(fd, letter->text, letter->len) != (ssize_t)letter->len)
			die("write");
	}
	close(fd);
}

static void answer_in_child(const struct letter *letter)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		answer_afresh(letter);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	int option, fd;

	while ((option = getopt(argc, argv, SERVER_LETTERS "bcf")) != -1) {
		if (option == 'b')
			is_binding = true;
		else if (option == 'c')
			is_connecting = true;
		else if (option == 'f')
			is_forking = true;
		else
			server_letter(option);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		if (is_forking)
			answer_in_child(&letter);
		else
			answer_afresh(&letter);
	}
}
