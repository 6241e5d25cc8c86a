/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An unprivileged real-time daemon: it locks its memory (mlockall) with the usual limit of 8 MiB,
 * and allocates 2 MiB later.
 *
 *	locked [-b] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * -b binds its socket before it locks, instead of after. The socket receives a datagram from itself
 * before memory is allocated. It prints "lock ok|ERRNO" and "allocate ok|ERRNO".
 */
#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NOBODY = 65534, LIMIT = 8 << 20, WANTED = 2 << 20 };

static void say(const char *what, bool is_ok)
{
	int err = errno;

	printf("%s %s\n", what, is_ok ? "ok" : errno_name(err));
}

/* Users who may lock any amount have no limit: the test skips then. */
static void limit(void)
{
	const struct rlimit limits = {LIMIT, LIMIT};

	if (setrlimit(RLIMIT_MEMLOCK, &limits) < 0)
		die("setrlimit");
	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		puts("rights kept");
}

static void lock(void)
{
	say("lock", mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
}

/* It is bound to a wildcard, which as a destination is the host itself. */
static void speak_to_oneself(int fd)
{
	struct letter letter = {
		.peer.addr_len = sizeof(letter.peer.addr), .len = 4, .text = "self"};

	if (getsockname(fd, (struct sockaddr *)&letter.peer.addr, &letter.peer.addr_len) < 0)
		die("getsockname");
	answer_letter(fd, &letter);
	receive_letter(fd, &letter);
}

int main(int argc, char **argv)
{
	bool binds_first = false;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "b")) != -1) {
		if (letter == 'b')
			binds_first = true;
		else
			server_letter(letter);
	}
	limit();
	if (!binds_first)
		lock();
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	if (binds_first)
		lock();
	speak_to_oneself(fd);
	errno = 0;
	say("allocate", malloc(WANTED) != NULL);
	ready();
	pause();
	return 0;
}
