/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the parts of ask: the command line, and a client with its verdict. */
#ifndef TESTS_SERVERS_ASK_H
#define TESTS_SERVERS_ASK_H

#include "common.h"

#include <poll.h>

/* Below the usual limit of 1024 descriptors. */
enum { CLIENTS_MAX = 1000, ANSWER_MAX = 8192 };

/* The options for each client; written only by main. */
extern struct wishes {
	const char *source, *source_port;
	const char *text;
	char given[TEXT_MAX]; /* the bytes of -x; none without it */
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

/* ask_client.c: opens the client's socket, by UDP or TCP; sends its request; begins to connect.
 * Sets the verdict to "silent". */
void open_client(struct client *c, struct pollfd *p, const char *address, const char *port);
void send_request(struct client *c, struct pollfd *p, int number, int round);
void start_connect(struct client *c, struct pollfd *p);

/* ask_verdict.c: reads the answer, or the result of connecting, and writes the verdict. */
void read_answer(struct client *c, int fd);
void finish_connect(struct client *c, int fd);
bool is_good(const char *verdict);

#endif
