/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of ask share: the command line, and a client with what has become of it. */
#ifndef TESTS_SERVERS_ASK_H
#define TESTS_SERVERS_ASK_H

#include "common.h"

#include <poll.h>

/* Below the usual limit of 1024 descriptors. */
enum { CLIENTS_MAX = 1000, ANSWER_MAX = 8192 };

/* The letters of the command line that are about each client; written by main alone. */
extern struct wishes {
	const char *source, *source_port;
	const char *text;
	char given[TEXT_MAX]; /* what -x gave, in bytes; none without it */
	size_t given_len;
	int segment_size;
	bool broadcast, any_port, with_interface, verbose, by_tcp;
} wishes;

struct client {
	struct endpoint server;
	char request[TEXT_MAX];
	size_t request_len;
	char verdict[ANSWER_MAX + 128];
};

/* ask_client.c: opens the client's socket, by UDP or TCP; sends its request; begins to connect. The
 * verdict is "silent" from then on. */
void open_client(struct client *c, struct pollfd *p, const char *address, const char *port);
void send_request(struct client *c, struct pollfd *p, int number, int round);
void start_connect(struct client *c, struct pollfd *p);

/* ask_verdict.c: reads what has come, or how connecting has ended, and writes the verdict. */
void read_answer(struct client *c, int fd);
void finish_connect(struct client *c, int fd);
bool is_good(const char *verdict);

#endif
