/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Collects -n requests (by default 200) and then answers them in shuffled order: a resolver, a
 * RADIUS proxy or a game server has that many clients in flight, and answers as work completes. The
 * last-peer cache does not help here. -q (queue) answers in the order of the requests.
 */
#include "common.h"

#include <stdlib.h>
#include <unistd.h>

#define LETTERS_MAX 1000

/* Used only by main; static because it is large. */
static struct letter letters[LETTERS_MAX];

static void shuffle(int count)
{
	/* A fixed seed, so failures repeat. */
	srandom(1);
	for (int i = count - 1; i > 0; i--) {
		int j = (int)(random() % (i + 1));
		struct letter other = letters[i];

		letters[i] = letters[j];
		letters[j] = other;
	}
}

int main(int argc, char **argv)
{
	int count = 200;
	bool in_order = false;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "n:q")) != -1) {
		if (letter == 'n')
			count = parse_number(letter, LETTERS_MAX);
		else if (letter == 'q')
			in_order = true;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;) {
		for (int i = 0; i < count; i++)
			receive_letter(fd, &letters[i]);
		if (!in_order)
			shuffle(count);
		for (int i = 0; i < count; i++)
			answer_letter(fd, &letters[i]);
	}
}
