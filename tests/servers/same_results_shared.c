/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One socket under two descriptors: an option set on one applies to the other. */
#include "same_results.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int level_of(const struct kind *kind)
{
	return kind->domain == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

static int option_of(const struct kind *kind)
{
	return kind->domain == AF_INET ? IP_PKTINFO : IPV6_RECVPKTINFO;
}

static void say_view(const struct kind *kind, const struct station *station)
{
	kind_feed(station, 1, 10);
	say_received(station->fd, 256, 0);
	say_option("pktinfo", station->fd, level_of(kind), option_of(kind));
}

static int duplicate_by_fcntl(int fd)
{
	return fcntl(fd, F_DUPFD, 50);
}

static int duplicate_by_dup2(int fd)
{
	return dup2(fd, 60);
}

static int duplicate_unseen(int fd)
{
	return (int)raw_syscall(SYS_dup, fd);
}

/* Over a socket that the library knows as another one. */
static int duplicate_unseen_over(int fd)
{
	int other = socket(AF_INET, SOCK_STREAM, 0);

	return (int)raw_syscall(SYS_dup3, fd, other, O_CLOEXEC);
}

static int duplicate_by_message(int fd)
{
	int pair[2], got = -1;
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	char byte = 'x';
	struct iovec vector = {&byte, 1};
	struct msghdr message = {.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(sizeof(int))};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 || sendmsg(pair[0], &message, 0) < 0)
		die("sendmsg SCM_RIGHTS");
	message.msg_controllen = sizeof(control.bytes);
	if (recvmsg(pair[1], &message, 0) != 1)
		die("recvmsg SCM_RIGHTS");
	memcpy(&got, CMSG_DATA(&control.head), sizeof(got));
	close(pair[0]);
	close(pair[1]);
	return got;
}

/* A number that is assigned without the library may be one that it knows as another socket, and
 * then it does not remove its PKTINFO messages: so this tests only sockets for which the program
 * has enabled all of them. */
static const struct way {
	const char *name;
	int (*duplicate)(int fd);
	bool is_unseen;
} ways[] = {
	{"dup", dup, false},
	{"dup2", duplicate_by_dup2, false},
	{"F_DUPFD", duplicate_by_fcntl, false},
	{"SCM_RIGHTS", duplicate_by_message, false},
	{"a dup unseen", duplicate_unseen, true},
	{"a dup3 unseen", duplicate_unseen_over, true},
};

/* Which descriptor sets the option, before or after the duplicate is made. (Not in a child: the
 * library knows only what its own process has enabled.) */
enum setter { NOBODY, THE_FIRST, THE_SECOND, SETTERS };
static const char *const setter_names[SETTERS] = {"none", "the first", "the second"};

static bool is_wanted(
	const struct kind *kind, const struct way *way, enum setter setter, bool is_early)
{
	if (setter == THE_SECOND && is_early)
		return false;
	/* A dual-stack socket has PKTINFO of two families, of which the program has enabled one. */
	return !way->is_unseen || (setter == THE_FIRST && !(kind->flags & KIND_DUAL));
}

/* Both descriptors must show the same. */
static void run_shared(
	const struct kind *kind, const struct way *way, enum setter setter, bool is_early)
{
	struct station station;
	const int on = 1;
	int first, second = -1;

	if (!is_wanted(kind, way, setter, is_early))
		return;
	kind_open(kind, &station);
	first = station.fd;
	say_begin("shared, %s, %s, set by %s %s", kind->name, way->name, setter_names[setter],
		is_early ? "early" : "late");
	if (!is_early)
		second = way->duplicate(first);
	if (setter != NOBODY)
		setsockopt(setter == THE_FIRST ? first : second, level_of(kind), option_of(kind),
			&on, sizeof(on));
	if (is_early)
		second = way->duplicate(first);
	say_view(kind, &station);
	station.fd = second;
	say_view(kind, &station);
	say_end();
	close(first);
	kind_close(&station);
}

/* Receives a message, and prints its control data, of at most one message, without the bytes after
 * its end, which have held another that was removed. */
static void say_control_of(int fd, size_t size)
{
	unsigned char control[256] = {0};
	char byte;
	struct iovec vector = {&byte, 1};
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = size,
	};

	say(" %zd flags=%#x control=", recvmsg(fd, &message, MSG_DONTWAIT),
		(unsigned int)message.msg_flags);
	say("%zu:", (size_t)message.msg_controllen);
	for (size_t i = 0; i < message.msg_controllen && i < CMSG_LEN(sizeof(int)); i++)
		say("%02x", control[i]);
}

/* One descriptor is connected while the socket is watched through the other: the library sees
 * receives on it only as somebody else's, but neither PKTINFO messages nor their want of space may
 * show. */
static void run_connected(const struct kind *kind, const struct way *way, bool wants_ttl)
{
	static const size_t sizes[] = {0, 8, 20, 40, 256};
	const int on = 1;

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct station station, other;

		/* A message that the program wants, and that does not fit beside ours, is lost. */
		if (way->is_unseen || (wants_ttl && sizes[i] != 0 && sizes[i] != 256))
			continue;
		kind_open(kind, &station);
		other = station;
		other.fd = way->duplicate(station.fd);
		say_begin("shared, %s, %s, connected, size %zu%s", kind->name, way->name, sizes[i],
			wants_ttl ? ", with TTL" : "");
		if (wants_ttl) {
			setsockopt(station.fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
			setsockopt(station.fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on));
		}
		say_view(kind, &other);
		connect(station.fd, (struct sockaddr *)&station.dest, station.dest_len);
		for (int again = 0; again < 2; again++) {
			kind_feed(&station, 1, 10);
			say_control_of(station.fd, sizes[i]);
		}
		say_end();
		close(other.fd);
		kind_close(&station);
	}
}

static void run_kind(const void *kind)
{
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		for (int wants_ttl = 0; wants_ttl < 2; wants_ttl++)
			run_connected(kind, &ways[i], wants_ttl != 0);
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		for (int setter = 0; setter < SETTERS; setter++)
			for (int early = 0; early < 2; early++)
				run_shared(kind, &ways[i], (enum setter)setter, early != 0);
}

void family_shared(void)
{
	static const char *const names[] = {
		"udp4 wildcard", "udp6 wildcard", "udp dual v4", "udp4 specific"};

	kinds_run(names, COUNT_OF(names), run_kind);
}
