/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the parts of puppet: the current line, and the commands. */
#ifndef TESTS_SERVERS_PUPPET_H
#define TESTS_SERVERS_PUPPET_H

#include "common.h"

enum { NAMES = 48, LIMIT_MS = 3000 };

struct command {
	const char *name;
	int (*run)(void); /* 0, or -1 and errno */
};

/* The last entry of each has no name. */
extern const struct command socket_commands[], datagram_commands[];

/* The i-th word of the line, counted from the command, 0; dies if there is none. */
const char *word(int i);
bool has_word(int i);

/* The result of the line, if it has one. */
extern _Thread_local char answer[TEXT_MAX];

/* Whether there is something to read within the time limit. */
bool has_something(int fd, int limit_ms);

struct named_socket {
	char name[16];
	int fd;
	struct letter heard; /* the last one */
};

/* The socket of this name; dies if there is none. */
struct named_socket *find_socket(const char *name);
struct endpoint endpoint_at(int i);

/* For a process that executes the program anew: closes its sockets, or lists them as arguments for
 * the new program, which adopts them. */
void close_sockets(void);
void list_sockets(char **ret);
void take_socket(const char *text);

#endif
