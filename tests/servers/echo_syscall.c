/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmmsg and sendmmsg by number, through libc's syscall(), as libuv up to 1.44 does, and with it
 * BIND and Node.
 */
#include "common.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = server_open(argc, argv);

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

		if (syscall(SYS_recvmmsg, fd, &batch, 1, 0, NULL) != 1)
			die("recvmmsg");
		iov.iov_len = batch.msg_len;
		if (syscall(SYS_sendmmsg, fd, &batch, 1, 0) != 1)
			die("sendmmsg");
	}
}
