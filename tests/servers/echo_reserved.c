/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindresvport(3) on 0.0.0.0, as Sun RPC servers do (ypserv, yppasswdd): libc chooses a port below
 * 1024 and calls bind itself. Prints "port N" before "ready". -n: without an address; -f: a child
 * receives, the parent answers; -s: it sends something first.
 */
#include "common.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Declared in the RPC headers of libc or libtirpc, which may be missing. */
int bindresvport(int sd, struct sockaddr_in *sin);

/* As daemons do to go into the background. */
static void fork_before(void)
{
	if (fork_child() == 0)
		_exit(0);
	wait(NULL);
}

/* A child receives, and this process answers. */
static void serve_by_two(int fd)
{
	struct letter request;
	int ends[2];

	/* Both processes would write what stdio has buffered. */
	ready();
	if (pipe(ends) < 0)
		die("pipe");
	if (fork_child() == 0)
		for (;;) {
			receive_letter(fd, &request);
			pass_letter(ends[1], &request);
		}
	close(ends[1]);
	while (take_letter(ends[0], &request))
		answer_letter(fd, &request);
}

static void serve(int fd)
{
	struct letter request;

	ready();
	for (;;) {
		receive_letter(fd, &request);
		answer_letter(fd, &request);
	}
}

static void send_to_nobody(int fd)
{
	struct sockaddr_in nobody = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(9)};

	sendto(fd, "", 0, 0, (struct sockaddr *)&nobody, sizeof(nobody));
	/* It reports the ICMP error. */
	recv(fd, NULL, 0, MSG_DONTWAIT);
}

int main(int argc, char **argv)
{
	struct sockaddr_in any = {.sin_family = AF_INET}, local;
	int fd;
	socklen_t len = sizeof(local);
	int letter;
	bool has_address = true, is_two = false, sends_first = false;

	while ((letter = getopt(argc, argv, "fns")) != -1) {
		has_address &= letter != 'n';
		is_two |= letter == 'f';
		sends_first |= letter == 's';
	}
	if (is_two)
		fork_before();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || bindresvport(fd, has_address ? &any : NULL) < 0 ||
		getsockname(fd, (struct sockaddr *)&local, &len) < 0)
		die("bindresvport");
	if (sends_first)
		send_to_nobody(fd);
	printf("port %d\n", ntohs(local.sin_port));
	if (is_two)
		serve_by_two(fd);
	else
		serve(fd);
	return 0;
}
