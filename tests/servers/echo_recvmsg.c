/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmsg, then sendmsg, both without control data, as in servers that gather or scatter their
 * packets (OpenLDAP's and Samba's datagram code, many SIP stacks).
 *
 * Both calls use one msghdr, as in many of them: sendmsg gets what recvmsg left in it.
 */
#include "common.h"

#include <sys/uio.h>

int main(int argc, char **argv)
{
	int fd = server_open(argc, argv);

	ready();
	for (;;) {
		char head[4], rest[TEXT_MAX];
		struct endpoint peer;
		struct iovec parts[2] = {{head, sizeof(head)}, {rest, sizeof(rest)}};
		struct msghdr msg = {
			.msg_name = &peer.addr,
			.msg_namelen = sizeof(peer.addr),
			.msg_iov = parts,
			.msg_iovlen = 2,
		};
		ssize_t got = recvmsg(fd, &msg, 0);

		if (got < 0)
			die("recvmsg");
		if ((size_t)got < sizeof(head))
			parts[0].iov_len = (size_t)got;
		parts[1].iov_len = (size_t)got - parts[0].iov_len;
		if (sendmsg(fd, &msg, 0) != got)
			die("sendmsg");
	}
}
