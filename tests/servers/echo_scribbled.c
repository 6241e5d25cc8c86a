/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A server whose workers an attacker has taken over. They have dropped their privileges and can
 * only write to the memory that they share with their parent, so they do: random bytes, and
 * 0xff, over all of it, repeatedly. One is forked before the first request, one after it.
 *
 *	echo_scribbled [SERVER OPTIONS] [ADDRESS] PORT
 *	echo_scribbled -t PAIRS PORT
 *
 * It answers by recvfrom and sendto. With -t it opens PAIRS of TCP listeners, one on :: and one
 * on 0.0.0.0, one pair after the other; it forks a worker after the first pair, and prints
 * "lived" at the end. Each worker that finds memory to write to prints "scribbling" on stderr.
 */
#include "common.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { SPANS_MAX = 64, NOBODY = 65534 };

struct span {
	unsigned char *from, *to;
};

/* The memory that this process shares with others and can write to. */
static size_t find_spans(struct span *ret)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[1024], rights[8];
	size_t count = 0;

	if (maps == NULL)
		die("/proc/self/maps");
	while (count < SPANS_MAX && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 &&
			strcmp(rights, "rw-s") == 0)
			ret[count++] = (struct span){(void *)from, (void *)to};
	}
	fclose(maps);
	return count;
}

static unsigned int random_next(unsigned int *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Random bytes in half of the rounds, 0xff in the others. volatile, because another process must
 * see each write. */
static void scribble(const struct span *span, unsigned int *state, bool is_random)
{
	volatile unsigned int *word = (volatile unsigned int *)span->from;

	for (; (unsigned char *)word < span->to; word++)
		*word = is_random ? random_next(state) : 0xffffffff;
}

/* A user namespace may have no other user. */
static void drop_rights(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)
		fputs("rights kept\n", stderr);
	/* A change of user clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void fork_scribbler(void)
{
	struct span spans[SPANS_MAX];
	unsigned int state = (unsigned int)getpid();
	pid_t parent = getpid();
	size_t count;

	if (fork_child() != 0)
		return;
	drop_rights();
	if (getppid() != parent)
		_exit(2);
	count = find_spans(spans);
	if (count > 0)
		fputs("scribbling\n", stderr);
	for (bool is_random = true;; is_random = !is_random) {
		for (size_t i = 0; i < count; i++)
			scribble(&spans[i], &state, is_random);
		if (count == 0)
			pause();
	}
}

static void serve(int fd)
{
	struct letter letter;
	bool is_first = true;

	fork_scribbler();
	ready();
	for (;;) {
		receive_letter(fd, &letter);
		answer_letter(fd, &letter);
		if (is_first)
			fork_scribbler();
		is_first = false;
	}
}

/* The second one may fail. */
static int open_listener(const char *address, const char *port)
{
	struct endpoint local;
	int fd;

	resolve(address, port, SOCK_STREAM, &local);
	fd = socket(local.addr.ss_family, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) == 0)
		listen(fd, 1);
	return fd;
}

static void open_pairs(int pairs, const char *port)
{
	for (int i = 0; i < pairs; i++) {
		int six = open_listener("::", port);
		int four = open_listener("0.0.0.0", port);

		if (i == 0) {
			fork_scribbler();
			ready();
		}
		close(six);
		close(four);
	}
	puts("lived");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	int letter, pairs = 0;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "t:")) != -1) {
		if (letter == 't')
			pairs = parse_number(letter, 1000000);
		else
			server_letter(letter);
	}
	errno = 0;
	if (pairs == 0)
		serve(server_bind(argc - optind, argv + optind, SOCK_DGRAM));
	else if (argc - optind != 1)
		die("want PORT");
	else
		open_pairs(pairs, argv[optind]);
	return 0;
}
