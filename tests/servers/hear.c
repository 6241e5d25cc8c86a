/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Acts as a syslog daemon: listens on an AF_UNIX datagram socket and prints each datagram on a
 * line, with unprintable bytes as \xNN.
 *
 *	hear [-w] PATH
 *
 * -w waits for a line on stdin before it reads, like a slow daemon.
 */
#include "common.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof(local.sun_path))
		die("%s", path);
	strcpy(local.sun_path, path);
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		die("bind to %s", path);
	return fd;
}

static void print_datagram(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (isprint((unsigned char)text[i]))
			putchar(text[i]);
		else
			printf("\\x%02x", (unsigned char)text[i]);
	}
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool waits = argc > 1 && strcmp(argv[1], "-w") == 0;
	char text[4 * TEXT_MAX];
	ssize_t got;
	int fd;

	errno = 0;
	if (argc != 2 + waits)
		die("want PATH");
	fd = listen_at(argv[argc - 1]);
	ready();
	while (waits && getchar() != '\n')
		continue;
	while ((got = recv(fd, text, sizeof(text), 0)) >= 0)
		print_datagram(text, (size_t)got);
	die("recv");
}
