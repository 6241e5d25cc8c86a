/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An echo server that installs a seccomp filter (filter.h), as chrony, OpenSSH, vsftpd and many
 * others do.
 *
 *	echo_filtered [-t TIME] [-w] [-c] [-L] [FILTER OPTIONS] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * TIME is when it installs the filter: bound (the default), after bind; first, after the first
 * datagram is answered; early, before the socket is opened, with socket and bind permitted too.
 * -w prints "request" for each datagram and waits for a line on stdin before it answers. -c
 * serves only the first peer: it connects to it, with connect permitted too, and then reads and
 * writes. With -c, "first" means before the first answer, as strict mode requires. -L prints the
 * system calls that the filter's options know by name.
 */
#include "common.h"
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum time { BOUND, FIRST, EARLY };

/* Written by main while it reads the command line. */
static enum time filter_time = BOUND;
static bool waits, connects;

/* stdio would make calls that the filter does not permit. */
static void say(const char *line)
{
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		_exit(3);
}

static void wait_for_line(void)
{
	char byte;

	say("request\n");
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
		continue;
}

static enum time find_time(const char *name)
{
	if (strcmp(name, "bound") == 0)
		return BOUND;
	if (strcmp(name, "first") == 0)
		return FIRST;
	if (strcmp(name, "early") == 0)
		return EARLY;
	errno = 0;
	die("%s: unknown time", name);
}

static void read_command_line(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, SERVER_LETTERS FILTER_LETTERS "t:wcL")) != -1) {
		if (letter == 't') {
			filter_time = find_time(optarg);
		} else if (letter == 'w') {
			waits = true;
		} else if (letter == 'c') {
			connects = true;
		} else if (letter == 'L') {
			filter_list_calls();
			exit(0);
		} else if (!filter_letter(letter)) {
			server_letter(letter);
		}
	}
}

/* Early: resolves before the filter is installed, because resolving may make any call. */
static int open_early(int argc, char **argv)
{
	struct endpoint local;
	int fd;

	errno = 0;
	if (argc != 2)
		die("want ADDRESS PORT");
	resolve(argv[0], argv[1], SOCK_DGRAM, &local);
	filter_permit("socket");
	filter_permit("bind");
	filter_install();
	fd = socket(local.addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		_exit(4);
	say("ready\n");
	return fd;
}

static void serve(int fd)
{
	struct letter letter;

	receive_letter(fd, &letter);
	if (waits)
		wait_for_line();
	answer_letter(fd, &letter);
}

static _Noreturn void serve_first_peer(int fd)
{
	struct letter letter;
	ssize_t len;

	receive_letter(fd, &letter);
	if (connect(fd, (struct sockaddr *)&letter.peer.addr, letter.peer.addr_len) < 0)
		_exit(4);
	if (filter_time == FIRST)
		filter_install();
	len = (ssize_t)letter.len;
	while (len >= 0 && write(fd, letter.text, (size_t)len) == len)
		len = read(fd, letter.text, sizeof(letter.text));
	_exit(5);
}

int main(int argc, char **argv)
{
	int fd;

	read_command_line(argc, argv);
	argc -= optind;
	argv += optind;
	if (connects)
		filter_permit("connect");
	if (filter_time == EARLY) {
		fd = open_early(argc, argv);
	} else {
		fd = server_bind(argc, argv, SOCK_DGRAM);
		/* The filter may not permit it. */
		say("ready\n");
	}
	if (filter_time == BOUND)
		filter_install();
	if (connects)
		serve_first_peer(fd);
	if (filter_time == FIRST) {
		serve(fd);
		filter_install();
	}
	for (;;)
		serve(fd);
}
