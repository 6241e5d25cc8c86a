/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One socket under two descriptors or in two processes: what the one asks for, the other gets. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int level_of(const struct kind *kind)
{
	return kind->domain == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

static int option_of(const struct kind *kind)
{
	return kind->domain == AF_INET ? IP_PKTINFO : IPV6_RECVPKTINFO;
}

static void say_value(const struct kind *kind, int fd)
{
	int value = -77;
	socklen_t len = sizeof(value);

	errno = ERRNO_BEFORE;
	say(" now");
	say_result(getsockopt(fd, level_of(kind), option_of(kind), &value, &len));
	say(" value %d", value);
}

static void say_reports(const struct station *station)
{
	struct iovec vector = {memory_at(SLOT_BUF, GOOD), 64};
	const struct msghdr before = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = memory_at(SLOT_CONTROL, GOOD),
		.msg_controllen = 256,
	};
	struct msghdr message = before;

	kind_feed(station, 1, 10);
	say(" received");
	errno = ERRNO_BEFORE;
	if (say_result(recvmsg(station->fd, &message, MSG_DONTWAIT)) >= 0)
		say_header(&message, &before, before.msg_controllen);
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

/* Over a socket that is known for something else. */
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

static const struct way {
	const char *name;
	int (*duplicate)(int fd);
} ways[] = {
	{"dup", dup},
	{"dup2", duplicate_by_dup2},
	{"F_DUPFD", duplicate_by_fcntl},
	{"SCM_RIGHTS", duplicate_by_message},
	{"a dup unseen", duplicate_unseen},
	{"a dup3 unseen", duplicate_unseen_over},
};

/* The option is set, or not, by one of two descriptors, before or after the other is made; all is
 * seen by both. */
static void run_shared(const struct kind *kind, const struct way *way, int by, bool is_early)
{
	static const char *const setters[] = {"nobody", "the first", "the second", "a child"};
	struct station station;
	const int on = 1;
	int first, second = -1, third;

	kind_open(kind, &station);
	first = station.fd;
	say_begin("shared, %s, %s, set by %s %s", kind->name, way->name, setters[by],
		is_early ? "early" : "late");
	if (!is_early)
		second = way->duplicate(first);
	third = by == 2 ? second : first;
	if (by == 3) {
		pid_t child = fork();

		if (child == 0)
			_exit(setsockopt(first, level_of(kind), option_of(kind), &on, sizeof(on)));
		waitpid(child, NULL, 0);
	} else if (by != 0) {
		setsockopt(third, level_of(kind), option_of(kind), &on, sizeof(on));
	}
	if (is_early)
		second = way->duplicate(first);
	say_reports(&station);
	say_value(kind, station.fd);
	station.fd = second;
	say_reports(&station);
	say_value(kind, station.fd);
	say_end();
	close(first);
	kind_close(&station);
}

static void run_all_shared(const void *arg)
{
	static const char *const names[] = {"udp4 wildcard", "udp6 wildcard", "udp4 specific"};

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		for (size_t j = 0; j < COUNT_OF(ways); j++)
			for (int by = 0; by < 4; by++)
				for (int early = by == 2 ? 1 : 0; early < 2; early++) {
					run_shared(kind_find(names[i]), &ways[j], by,
						by != 2 && early != 0);
				}
}

void family_shared(void)
{
	run_apart("shared", run_all_shared, NULL);
}
