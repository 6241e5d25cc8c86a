/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a vfork child does to its own descriptors is nothing to the parent's, whose memory it has;
 * and what a child of either kind does to a socket, both see. */
#include "same_results.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT = 16 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 specific", "unix datagram"};

enum vforked {
	COVERS_OURS,	 /* the child puts something else under the parent's number */
	DUPLICATES,	 /* ... the parent's socket under another number, and receives there */
	DUPLICATES_OVER, /* ... under one that the parent has for something else */
	BINDS,
	ASKS,
	ASKS_IN_FORK,
	VFORKED,
};
static const char *const vforked_names[VFORKED] = {"covers ours", "duplicates", "duplicates over",
	"binds", "asks for reports", "asks for reports in a fork"};

/* What the child saw. */
static volatile long seen[4];

static long receive_control(int fd)
{
	static unsigned char control[256];
	static char text[TEXT];
	struct iovec vector = {text, TEXT};
	struct msghdr message = {.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);

	return got < 0 ? -(long)errno : got * 1000 + (long)message.msg_controllen;
}

static void act_in_child(enum vforked what, const struct station *station, int other)
{
	struct endpoint wildcard = kind_address("0.0.0.0", OTHER_PORT);
	int fd = station->fd;

	switch (what) {
	case COVERS_OURS:
		seen[0] = dup2(STDIN_FILENO, fd);
		seen[1] = receive_control(fd);
		break;
	case DUPLICATES:
		fd = dup(fd);
		seen[0] = receive_control(fd);
		seen[1] = receive_control(station->fd);
		break;
	case DUPLICATES_OVER:
		seen[0] = dup2(fd, other) == other;
		seen[1] = receive_control(other);
		break;
	case BINDS:
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		seen[0] = bind(fd, (struct sockaddr *)&wildcard.addr, wildcard.addr_len);
		sendto(fd, "self", 4, 0, (struct sockaddr *)&wildcard.addr, wildcard.addr_len);
		seen[1] = receive_control(fd);
		break;
	default:
		seen[0] = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int));
		seen[1] = receive_control(fd);
		break;
	}
}

static void run_vforked(const struct kind *kind, enum vforked what)
{
	struct station station;
	int other = socket(AF_INET, SOCK_STREAM, 0), value = -77;
	socklen_t len = sizeof(value);
	pid_t child;

	kind_open(kind, &station);
	kind_meet_peer(&station);
	kind_feed(&station, 4, 10);
	seen[0] = seen[1] = -77;
	say_begin("vfork, %s, %s", kind->name, vforked_names[what]);
	fflush(stdout);
	child = what == ASKS_IN_FORK ? fork() : vfork();
	if (child == 0) {
		act_in_child(what, &station, other);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	say(" child %ld %ld parent", seen[0], seen[1]);
	say(" %ld", receive_control(station.fd));
	say(" other %ld", receive_control(other));
	errno = ERRNO_BEFORE;
	say_result(getsockopt(station.fd, IPPROTO_IP, IP_PKTINFO, &value, &len));
	say(" value %d", value);
	errno = ERRNO_BEFORE;
	say_result(sendto(
		station.fd, "answer", 6, 0, (struct sockaddr *)&station.dest, station.dest_len));
	say_left(station.fd);
	say_end();
	close(other);
	kind_close(&station);
}

static void run_all_vforked(const void *kind)
{
	for (int what = 0; what < VFORKED; what++)
		run_vforked(kind, (enum vforked)what);
}

void family_vfork(void)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		const struct kind *kind = kind_find(kind_names[i]);

		if (!(kind->flags & KIND_DUAL) || wants_dual)
			run_apart(kind->name, run_all_vforked, kind);
	}
}
