/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways in which a program gets a socket that another has opened and bound; for echo_given. */
#ifndef TESTS_SERVERS_GIVEN_H
#define TESTS_SERVERS_GIVEN_H

#include <stdbool.h>
#include <sys/types.h>

struct given;

struct way {
	const char *name;
	/* Returns the descriptor, or -1 and errno. */
	int (*take)(const struct given *given);
	bool is_choosing; /* the number is given->number, else the lowest that is free */
	bool is_by_pidfd;
};

/* What a way needs to know. */
struct given {
	const struct way *way;
	int number; /* that which is chosen, or which the socket has already */
	int pidfd;  /* the process that has the socket, and its number there */
	int their_fd;
};

/* Finds the way and gets all that it needs but the socket; dies if it cannot. A way that chooses a
 * number chooses this. */
void given_prepare(const char *way, int number, struct given *ret);

#endif
