/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindresvport(3) on 0.0.0.0, as servers of Sun's RPC do (ypserv, yppasswdd): libc chooses a port
 * below 1024 and makes the bind itself. Says "port N" before it is ready. -n: without an address.
 */
#include "common.h"

#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

/* Declared by libc's or libtirpc's headers of RPC, where there are any. */
int bindresvport(int sd, struct sockaddr_in *sin);

int main(int argc, char **argv)
{
	struct sockaddr_in any = {.sin_family = AF_INET}, local;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(local);
	int letter;
	bool has_address = true;

	while ((letter = getopt(argc, argv, "n")) != -1)
		has_address = false;
	if (fd < 0 || bindresvport(fd, has_address ? &any : NULL) < 0 ||
		getsockname(fd, (struct sockaddr *)&local, &len) < 0)
		die("bindresvport");
	printf("port %d\n", ntohs(local.sin_port));
	ready();
	for (;;) {
		struct letter request;

		receive_letter(fd, &request);
		answer_letter(fd, &request);
	}
}
