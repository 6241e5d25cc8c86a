/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Receives a request, says "request" on stdout, and answers only after a line on stdin: between the
 * two a test can take away the address that was asked, as a failover or a DHCP lease does to any
 * server that thinks before it speaks. Then it says what sendto returned.
 */
#include "common.h"

#include <errno.h>
#include <stdio.h>

static void say_result(ssize_t sent)
{
	if (sent < 0)
		printf("sendto -1 %s\n", errno_name(errno));
	else
		printf("sendto %zd\n", sent);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int fd = server_open(argc, argv);
	char line[16];

	ready();
	for (;;) {
		struct letter letter;

		receive_letter(fd, &letter);
		puts("request");
		fflush(stdout);
		if (fgets(line, sizeof(line), stdin) == NULL)
			return 0;
		say_result(sendto(fd, letter.text, letter.len, 0,
			(struct sockaddr *)&letter.peer.addr, letter.peer.addr_len));
	}
}
