/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vfork child, which shares its parent's memory, changes its own descriptors: the parent's must
 * not be affected. */
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

enum act {
	COVERS_OURS,		 /* puts another file under the parent's number */
	COVERS_OURS_BY_A_SOCKET, /* one that the library knows */
	DUPLICATES,	 /* ... the parent's socket under another number, and receives there */
	DUPLICATES_OVER, /* ... under one that is another file in the parent */
	BINDS,
	SERVES_AND_EXECS, /* ... under the parent's number, and executes another program */
	ACTS,
};
static const char *const act_names[ACTS] = {"covers the parent's",
	"covers the parent's by a socket", "duplicates", "duplicates over", "binds",
	"serves and execs"};

/* The child's results. */
static volatile long seen[4];

static long receive(int fd)
{
	static char text[TEXT];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	ssize_t got = recvfrom(fd, text, TEXT, MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	return got < 0 ? -(long)errno : got * 1000 + (long)len;
}

/* If the parent has the same socket under the number, or nothing, control data is as with libc
 * alone too. (Not under a number that is another file in the parent: the library's flags are the
 * parent's, and a child must not change them.) */
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

static void bind_and_ask(int fd)
{
	struct endpoint wildcard = kind_address("0.0.0.0", OTHER_PORT);

	seen[0] = bind(fd, (struct sockaddr *)&wildcard.addr, wildcard.addr_len);
	sendto(fd, "self", 4, 0, (struct sockaddr *)&wildcard.addr, wildcard.addr_len);
}

static void act_in_child(enum act act, const struct station *station, int other)
{
	int fd = station->fd;

	switch (act) {
	case COVERS_OURS:
		seen[0] = dup2(STDIN_FILENO, fd);
		seen[1] = receive_control(fd);
		break;
	case COVERS_OURS_BY_A_SOCKET:
		seen[0] = dup2(other, fd) == fd;
		break;
	case DUPLICATES:
		seen[0] = receive(dup(fd));
		seen[1] = receive_control(fd);
		break;
	case DUPLICATES_OVER:
		seen[0] = dup2(fd, other) == other;
		seen[1] = receive(other);
		break;
	case BINDS:
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		bind_and_ask(fd);
		seen[1] = receive_control(fd);
		break;
	default:
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		bind_and_ask(fd);
		seen[1] = dup2(fd, station->fd) == station->fd;
		close(fd);
		seen[2] = receive(station->fd);
		execlp("true", "true", NULL);
		break;
	}
}

static void run_act(const struct kind *kind, enum act act)
{
	struct station station;
	int other = socket(AF_INET, SOCK_STREAM, 0);
	pid_t child;

	kind_open(kind, &station);
	kind_meet_peer(&station);
	kind_feed(&station, 4, 10);
	seen[0] = seen[1] = seen[2] = -77;
	say_begin("vfork, %s, %s", kind->name, act_names[act]);
	fflush(stdout);
	child = vfork();
	if (child == 0) {
		act_in_child(act, &station, other);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	say(" child %ld %ld %ld parent", seen[0], seen[1], seen[2]);
	say(" %ld", receive_control(station.fd));
	say(" other %ld", receive_control(other));
	say_option("pktinfo", station.fd, IPPROTO_IP, IP_PKTINFO);
	errno = ERRNO_BEFORE;
	say_result(sendto(
		station.fd, "answer", 6, 0, (struct sockaddr *)&station.dest, station.dest_len));
	say_left(station.fd);
	say_end();
	close(other);
	kind_close(&station);
}

static void run_kind(const void *kind)
{
	for (int act = 0; act < ACTS; act++)
		run_act(kind, (enum act)act);
}

void family_vfork(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
