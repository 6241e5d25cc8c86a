/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client of echo_segments: to each ADDRESS it sends one text that the kernel splits into
 * SEGMENTS datagrams (UDP_SEGMENT), and expects as many in answer. Prints a line for each of them,
 * in the order of the ADDRESSes: "right", "wrong ADDRESS", "mangled" or "silent".
 *
 *	ask_segments PORT ADDRESS...
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h */
#endif

enum { SEGMENTS = 20, SEGMENT = 1000, LIMIT_MS = 2000 };

/* Segment i is a thousand times its own letter. */
static void send_row(int fd, const struct endpoint *server)
{
	static char row[SEGMENTS * SEGMENT];

	for (int i = 0; i < SEGMENTS; i++)
		memset(row + i * SEGMENT, 'a' + i, SEGMENT);
	if (sendto(fd, row, sizeof(row), 0, (const struct sockaddr *)&server->addr,
		    server->addr_len) != sizeof(row))
		die("sendto %s", address_text(server));
}

/* Datagrams of one series arrive in order. */
static bool is_segment(const char *text, ssize_t len, int number)
{
	for (ssize_t i = 0; i < len; i++)
		if (text[i] != 'a' + number)
			return false;
	return len == SEGMENT;
}

/* Returns false if none arrives within limit_ms. */
static bool hear_segment(int fd, const struct endpoint *server, int number, int limit_ms)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	struct endpoint from = {.addr_len = sizeof(from.addr)};
	char text[2 * SEGMENT], asked[64];
	ssize_t got;

	if (poll(&waiting, 1, limit_ms) != 1) {
		puts("silent");
		return false;
	}
	got = recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&from.addr, &from.addr_len);
	if (got < 0)
		die("recvfrom");
	snprintf(asked, sizeof(asked), "%s", address_text(server));
	if (!is_segment(text, got, number))
		puts("mangled");
	else if (strcmp(asked, address_text(&from)) != 0)
		printf("wrong %s\n", address_text(&from));
	else
		puts("right");
	return true;
}

static void ask(const char *address, const char *port)
{
	struct endpoint server;
	int fd, limit_ms = LIMIT_MS;

	resolve(address, port, SOCK_DGRAM, &server);
	fd = socket(server.addr.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	set_option(fd, IPPROTO_UDP, UDP_SEGMENT, SEGMENT);
	send_row(fd, &server);
	for (int i = 0; i < SEGMENTS; i++)
		if (!hear_segment(fd, &server, i, limit_ms))
			limit_ms = 0;
	close(fd);
}

int main(int argc, char **argv)
{
	errno = 0;
	if (argc < 3)
		die("want PORT ADDRESS...");
	for (int i = 2; i < argc; i++)
		ask(argv[i], argv[1]);
}
