/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of puppet share: the line that is being carried out, and its commands. */
#ifndef TESTS_SERVERS_PUPPET_H
#define TESTS_SERVERS_PUPPET_H

#include "common.h"

enum { NAMES = 48, LIMIT_MS = 3000 };

struct command {
	const char *name;
	int (*run)(void); /* 0, or -1 and errno */
};

/* The last of each has no name. */
extern const struct command socket_commands[], datagram_commands[];

/* The i-th word of the line, the command being the 0th; dies if there is none. */
const char *word(int i);
bool has_word(int i);

/* What there is to say of the line besides that it went well. */
extern _Thread_local char answer[TEXT_MAX];

/* Whether there is something to be read, or will be within the limit. */
bool has_something(int fd, int limit_ms);

struct named_socket {
	char name[16];
	int fd;
	struct letter heard; /* the last one */
};

/* The socket of this name; dies if there is none. */
struct named_socket *find_socket(const char *name);
struct endpoint endpoint_at(int i);

/* For a process that is to become another program: its sockets are closed, or listed for the
 * command line of that one, which takes each. */
void close_sockets(void);
void list_sockets(char **ret);
void take_socket(const char *text);

#endif
