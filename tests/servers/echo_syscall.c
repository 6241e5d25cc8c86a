/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmmsg and sendmmsg by libc's syscall(), as libuv up to 1.44 makes them, and so BIND and Node;
 * -t uses the second number that recvmmsg has on 32-bit machines.
 */
#include "common.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 SYS_recvmmsg
#endif

int main(int argc, char **argv)
{
	long number = SYS_recvmmsg;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "t")) != -1) {
		if (letter == 't')
			number = SYS_recvmmsg_time64;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;) {
		char text[TEXT_MAX];
		struct endpoint peer = {.addr_len = sizeof(peer.addr)};
		struct iovec iov = {.iov_base = text, .iov_len = sizeof(text)};
		struct mmsghdr batch = {
			.msg_hdr = {.msg_name = &peer.addr,
				.msg_namelen = peer.addr_len,
				.msg_iov = &iov,
				.msg_iovlen = 1},
		};

		if (syscall(number, fd, &batch, 1, 0, NULL) != 1)
			die("recvmmsg");
		iov.iov_len = batch.msg_len;
		if (syscall(SYS_sendmmsg, fd, &batch, 1, 0) != 1)
			die("sendmmsg");
	}
}
