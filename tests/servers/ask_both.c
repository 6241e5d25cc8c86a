/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client that asks at two addresses of one server from one port, before any answer comes: -n
 * requests (1 unless told) at the first ADDRESS, then as many at the second.
 *
 *	ask_both [-n REQUESTS] PORT ADDRESS ADDRESS
 *
 * It says "asked" on stderr once all requests are out. Then a line for each answer, "right" or
 * "wrong ADDRESS", by the address at which the request with this text was asked; "silent" for each
 * that has not come within two seconds.
 */
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 2000 };

static struct endpoint asked_at[2];

static void ask(int fd, int which)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "request %d", which);

	if (sendto(fd, text, (size_t)len, 0, (struct sockaddr *)&asked_at[which].addr,
		    asked_at[which].addr_len) < 0)
		die("sendto %s", address_text(&asked_at[which]));
}

static void judge(const struct letter *answer)
{
	char expected[INET6_ADDRSTRLEN];
	int which = answer->text[answer->len - 1] == '1';

	snprintf(expected, sizeof(expected), "%s", address_text(&asked_at[which]));
	if (strcmp(address_text(&answer->peer), expected) == 0)
		puts("right");
	else
		printf("wrong %s\n", address_text(&answer->peer));
}

static void read_answer(int fd)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	struct letter answer;

	if (poll(&waiting, 1, WAIT_MS) != 1) {
		puts("silent");
		return;
	}
	receive_letter(fd, &answer);
	judge(&answer);
}

int main(int argc, char **argv)
{
	int requests = 1;
	int letter, fd;

	while ((letter = getopt(argc, argv, "n:")) == 'n')
		requests = atoi(optarg);
	errno = 0;
	if (letter != -1 || requests < 1 || argc - optind != 3)
		die("usage: ask_both [-n REQUESTS] PORT ADDRESS ADDRESS");
	for (int i = 0; i < 2; i++)
		resolve(argv[optind + 1 + i], argv[optind], SOCK_DGRAM, &asked_at[i]);
	fd = socket(asked_at[0].addr.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	for (int i = 0; i < 2 * requests; i++)
		ask(fd, i >= requests);
	fputs("asked\n", stderr);
	for (int i = 0; i < 2 * requests; i++)
		read_answer(fd);
	return 0;
}
