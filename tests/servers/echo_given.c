/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * echo_given [-s STALE] WAY: receives and answers on an inherited socket (see inherit.c), under a
 * number that it gets in this WAY:
 *   - N: descriptor N as it is; LISTEN_FDS: descriptor 3, if the environment says so;
 *   - dup, dup2, dup3, F_DUPFD, F_DUPFD_CLOEXEC, fcntl64, SYS_...: a duplicate of descriptor 0;
 *   - recvmsg, peek, recvmmsg, SYS_recvmsg: in a message over descriptor 0;
 *   - "recvmmsg second": descriptor 0, in the second message of a batch;
 *   - pidfd_getfd, SYS_pidfd_getfd: taken from the process that descriptor 0 names.
 * With -s the number was another socket's before, closed since: a "udp" server's, an "asking" one's
 * that had enabled PKTINFO, a "specific" or "unbound" UDP socket's, a "tcp" or a "unix" one's.
 *
 * It prints what getsockopt returns for the socket, and each answer contains the length of the
 * control data that came with the request.
 */
#include "common.h"
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The number for the socket, for ways that can choose one. */
#define CHOSEN_FD 9

/* ---- The number's earlier socket ------------------------------------------------------------- */

static int open_bound(const char *address)
{
	struct endpoint local;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	resolve(address, "0", SOCK_DGRAM, &local);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind to %s", address);
	return fd;
}

static int open_stale(const char *kind)
{
	int fd = -1;

	if (strcmp(kind, "udp") == 0 || strcmp(kind, "asking") == 0)
		fd = open_bound("0.0.0.0");
	else if (strcmp(kind, "specific") == 0)
		fd = open_bound("127.0.0.1");
	else if (strcmp(kind, "unbound") == 0)
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	else if (strcmp(kind, "tcp") == 0)
		fd = socket(AF_INET, SOCK_STREAM, 0);
	else if (strcmp(kind, "unix") == 0)
		fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		die("no such socket: %s", kind);
	if (strcmp(kind, "asking") == 0)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	return fd;
}

/* Returns the freed number. */
static int make_stale(const char *kind, const struct way *way)
{
	int fd = open_stale(kind);

	if (way->is_choosing) {
		if (dup2(fd, CHOSEN_FD) < 0)
			die("dup2");
		close(fd);
		fd = CHOSEN_FD;
	}
	close(fd);
	return fd;
}

/* ---- The socket's options -------------------------------------------------------------------- */

static void say_option(int fd, const char *label, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len) < 0)
		die("getsockopt %s", label);
	printf("%s %d of %u\n", label, value, (unsigned int)len);
}

static void say_options(int fd)
{
	say_option(fd, "IP_PKTINFO", IPPROTO_IP, IP_PKTINFO);
	if (socket_family(fd) == AF_INET6)
		say_option(fd, "IPV6_RECVPKTINFO", IPPROTO_IPV6, IPV6_RECVPKTINFO);
	say_option(fd, "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);
}

/* ---- Receive and answer ---------------------------------------------------------------------- */

static void answer_one(int fd)
{
	_Alignas(struct cmsghdr) unsigned char control[256];
	char text[TEXT_MAX + 64];
	struct endpoint peer;
	struct iovec part = {text, TEXT_MAX};
	struct msghdr msg = {
		.msg_name = &peer.addr,
		.msg_namelen = sizeof(peer.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, 0);

	if (len < 0)
		die("recvmsg");
	len += snprintf(text + len, sizeof(text) - (size_t)len, " controllen=%zu flags=%#x",
		(size_t)msg.msg_controllen, (unsigned int)msg.msg_flags);
	if (sendto(fd, text, (size_t)len, 0, (struct sockaddr *)&peer.addr, msg.msg_namelen) < 0)
		die("sendto");
}

int main(int argc, char **argv)
{
	const char *stale = NULL;
	struct given given;
	int letter, fd, expected = -1;

	while ((letter = getopt(argc, argv, "s:")) != -1) {
		if (letter != 's')
			server_letter('?');
		stale = optarg;
	}
	if (argc - optind != 1)
		server_letter('?');
	given_prepare(argv[optind], CHOSEN_FD, &given);
	if (stale != NULL)
		expected = make_stale(stale, given.way);
	fd = given.way->take(&given);
	if (fd < 0)
		die("%s", argv[optind]);
	errno = 0;
	if (stale != NULL && fd != expected)
		die("%s: got %d, not %d", argv[optind], fd, expected);
	say_options(fd);
	ready();
	for (;;)
		answer_one(fd);
}
