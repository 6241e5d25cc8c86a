/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inherit [-6|-d] [-t] ADDRESS PORT COMMAND [ARGUMENT]...: binds a UDP (-t: TCP) socket, makes it
 * descriptor 0 and runs the command, as inetd does for its "wait" services and systemd for socket
 * units: the command gets a socket that it never opened or bound.
 */
#include "common.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	int socktype = SOCK_DGRAM;
	int letter, fd;

	/* The plus sign stops at ADDRESS, so that options of the command stay the command's. */
	while ((letter = getopt(argc, argv, "+" SERVER_LETTERS "t")) != -1) {
		if (letter == 't')
			socktype = SOCK_STREAM;
		else
			server_letter(letter);
	}
	if (argc - optind < 3)
		server_letter('?');
	fd = server_bind(2, argv + optind, socktype);
	if (dup2(fd, STDIN_FILENO) < 0)
		die("dup2");
	if (fd != STDIN_FILENO)
		close(fd);
	execvp(argv[optind + 2], argv + optind + 2);
	die("%s", argv[optind + 2]);
}
