/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways in which a program inherits a socket; for echo_given. */
#ifndef TESTS_SERVERS_GIVEN_H
#define TESTS_SERVERS_GIVEN_H

#include <stdbool.h>
#include <sys/types.h>

struct given;

struct way {
	const char *name;
	/* Returns the descriptor, or -1 and errno. */
	int (*take)(const struct given *given);
	bool is_choosing; /* the number is given->number, else the lowest free one */
	bool is_by_pidfd;
};

/* The input of a way. */
struct given {
	const struct way *way;
	int number; /* the chosen number, or the socket's own */
	int pidfd;  /* the process that has the socket, and its number there */
	int their_fd;
};

/* Finds the way and prepares all that it needs but the socket; dies on failure. A way that can
 * choose a number chooses this. */
void given_prepare(const char *way, int number, struct given *ret);

#endif
