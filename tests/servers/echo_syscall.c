/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls of datagrams by number, through libc's syscall(): recvmmsg and sendmmsg, as libuv up to
 * 1.44 makes them, and with it BIND and Node; or with -c those of one datagram, "from" or "msg", or
 * "time64", the number that recvmmsg has besides on machines of 32 bits.
 */
#include "common.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 SYS_recvmmsg
#endif

/* A request, received; returns its length. */
static ssize_t receive_from(int fd, struct mmsghdr *batch)
{
	struct msghdr *msg = &batch->msg_hdr;

	return syscall(SYS_recvfrom, fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, 0,
		msg->msg_name, &msg->msg_namelen);
}

static ssize_t receive(int fd, struct mmsghdr *batch, const char *calls)
{
	if (strcmp(calls, "from") == 0)
		return receive_from(fd, batch);
	if (strcmp(calls, "msg") == 0)
		return syscall(SYS_recvmsg, fd, &batch->msg_hdr, 0);
	if (syscall(strcmp(calls, "time64") == 0 ? SYS_recvmmsg_time64 : SYS_recvmmsg, fd, batch, 1,
		    0, NULL) != 1)
		return -1;
	return batch->msg_len;
}

static ssize_t answer(int fd, struct mmsghdr *batch, const char *calls)
{
	struct msghdr *msg = &batch->msg_hdr;

	if (strcmp(calls, "from") == 0)
		return syscall(SYS_sendto, fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, 0,
			msg->msg_name, msg->msg_namelen);
	if (strcmp(calls, "msg") == 0)
		return syscall(SYS_sendmsg, fd, msg, 0);
	return syscall(SYS_sendmmsg, fd, batch, 1, 0) == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
	const char *calls = "mmsg";
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "c:")) != -1) {
		if (letter == 'c')
			calls = optarg;
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
		ssize_t len = receive(fd, &batch, calls);

		if (len < 0)
			die("receive");
		iov.iov_len = (size_t)len;
		if (answer(fd, &batch, calls) < 0)
			die("answer");
	}
}
