/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two parts of puppet share: the line that is being carried out, and its commands. */
#ifndef TESTS_SERVERS_PUPPET_H
#define TESTS_SERVERS_PUPPET_H

#include "common.h"

enum { NAMES = 16, LIMIT_MS = 3000 };

struct command {
	const char *name;
	int (*run)(void); /* 0, or -1 and errno */
};

/* The last has no name. */
extern const struct command socket_commands[];

/* The i-th word of the line, the command being the 0th; dies if there is none. */
const char *word(int i);
bool has_word(int i);

/* What there is to say of the line besides that it went well. */
extern char answer[TEXT_MAX];

/* Whether there is something to be read, or will be within the limit. */
bool has_something(int fd, int limit_ms);

/* For a process that is to become another program. */
void close_sockets(void);

#endif
