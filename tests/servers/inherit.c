/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inherit [-6|-d] [-t] [-q COUNT] [-p|-P] [-n FD|-l|-m] ADDRESS PORT COMMAND [ARGUMENT]...
 *
 * Binds a UDP (-t: TCP) socket and runs the command, which inherits it:
 *   - as descriptor 0, as inetd does for its "wait" services, or as FD with -n;
 *   - with -l as descriptor 3, with LISTEN_FDS set, as systemd does for socket units;
 *   - with -m from another process: descriptor 0 is an AF_UNIX socket, over which a child of the
 *     command has sent the socket, and as text its process ID and the socket's number there.
 * -p enables PKTINFO, like a program that wants it itself; -P enables it and then disables it.
 * -q waits, before the command runs, until this number of requests is queued: they arrive before
 * the command can have enabled anything. Before that it prints "bound".
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define LISTEN_FD 3

/* The command line, written only by main. */
static int target = STDIN_FILENO, queue_count;
static bool by_environment, by_message, asks_for_reports, wants_them_no_more;

static int parse_descriptor(void)
{
	errno = 0;
	if (atoi(optarg) < 0)
		die("%s: not a number", optarg);
	return atoi(optarg);
}

static void parse_letter(int letter, int *socktype)
{
	switch (letter) {
	case 't':
		*socktype = SOCK_STREAM;
		break;
	case 'q':
		queue_count = parse_descriptor();
		break;
	case 'p':
		asks_for_reports = true;
		break;
	case 'P':
		asks_for_reports = true;
		wants_them_no_more = true;
		break;
	case 'n':
		target = parse_descriptor();
		break;
	case 'l':
		by_environment = true;
		target = LISTEN_FD;
		break;
	case 'm':
		by_message = true;
		break;
	default:
		server_letter(letter);
	}
}

static void set_reports(int fd, int value)
{
	if (socket_family(fd) == AF_INET)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, value);
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, value);
}

/* Peeks at one request after the other and leaves them queued (SO_PEEK_OFF, socket(7)). */
static void wait_for_queue(int fd)
{
	char text[TEXT_MAX];

	puts("bound");
	fflush(stdout);
	set_option(fd, SOL_SOCKET, SO_PEEK_OFF, 0);
	for (int i = 0; i < queue_count; i++)
		if (recv(fd, text, sizeof(text), MSG_PEEK) < 0)
			die("recv");
	set_option(fd, SOL_SOCKET, SO_PEEK_OFF, -1);
}

static void move(int fd, int to)
{
	if (fd == to)
		return;
	if (dup2(fd, to) < 0)
		die("dup2");
	close(fd);
}

static void tell_by_environment(void)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (setenv("LISTEN_PID", pid, 1) != 0 || setenv("LISTEN_FDS", "1", 1) != 0)
		die("setenv");
}

static void send_socket(int channel, int fd)
{
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.head = {CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS}};
	char text[64];
	struct iovec part = {text, 0};
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.bytes),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	part.iov_len = (size_t)snprintf(text, sizeof(text), "%ld %d", (long)getpid(), fd);
	if (sendmsg(channel, &msg, 0) < 0)
		die("sendmsg");
}

/* A child keeps the socket and sends it; this process keeps the channel, as descriptor 0. */
static void hand_over_by_message(int fd)
{
	char byte;
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) < 0)
		die("socketpair");
	if (fork_child() == 0) {
		close(channel[0]);
		send_socket(channel[1], fd);
		_exit(recv(channel[1], &byte, 1, 0) != 0);
	}
	close(channel[1]);
	close(fd);
	move(channel[0], STDIN_FILENO);
}

int main(int argc, char **argv)
{
	int socktype = SOCK_DGRAM;
	int letter, fd;

	/* The plus sign makes getopt stop at ADDRESS, before options of the command. */
	while ((letter = getopt(argc, argv, "+" SERVER_LETTERS "tq:pPn:lm")) != -1)
		parse_letter(letter, &socktype);
	if (argc - optind < 3)
		server_letter('?');
	fd = server_bind(2, argv + optind, socktype);
	if (asks_for_reports)
		set_reports(fd, 1);
	if (wants_them_no_more)
		set_reports(fd, 0);
	if (queue_count > 0)
		wait_for_queue(fd);
	if (by_environment)
		tell_by_environment();
	if (by_message)
		hand_over_by_message(fd);
	else
		move(fd, target);
	execvp(argv[optind + 2], argv + optind + 2);
	die("%s", argv[optind + 2]);
}
