/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that were a watched socket's and have become something else, in every way that the
 * library does not see. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_PKTOPTIONS = 9 };

static void close_usual(int fd)
{
	close(fd);
}

static void close_by_fclose(int fd)
{
	fclose(fdopen(fd, "r+"));
}

static void close_by_range(int fd)
{
	if (raw_syscall(436 /* SYS_close_range */, fd, fd, 0) != 0)
		raw_syscall(SYS_close, fd);
}

static void close_raw(int fd)
{
	raw_syscall(SYS_close, fd);
}

static void close_in_vfork_child(int fd)
{
	/* A vfork child shares its parent's memory, not its descriptors. */
	pid_t child = vfork();

	if (child == 0) {
		dup2(STDIN_FILENO, fd);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	raw_syscall(SYS_close, fd);
}

static const struct way {
	const char *name;
	void (*end)(int fd);
} ways[] = {
	{"close", close_usual},
	{"fclose", close_by_fclose},
	{"close_range", close_by_range},
	{"SYS_close", close_raw},
	{"vfork", close_in_vfork_child},
};

static int reuse_tcp(int *peer)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct endpoint local = kind_address("127.0.0.1", STATION_PORT);
	int fd;

	/* The listener has the lowest free number; moves it away. */
	fd = (int)raw_syscall(SYS_fcntl, listener, F_DUPFD, 80);
	raw_syscall(SYS_close, listener);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0 || listen(fd, 1) < 0)
		die("listen");
	listener = fd;
	fd = (int)raw_syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("connect");
	*peer = accept(listener, NULL, NULL);
	close(listener);
	return fd;
}

static int reuse_unix(int *peer)
{
	int pair[2];

	if (raw_syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		die("socketpair");
	*peer = pair[1];
	return pair[0];
}

static int reuse_pipe(int *peer)
{
	int pair[2];

	if (pipe(pair) < 0)
		die("pipe");
	*peer = pair[1];
	return pair[0];
}

static int reuse_udp(int *peer)
{
	int fd = (int)raw_syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	struct endpoint local = kind_address("0.0.0.0", OTHER_PORT);
	struct endpoint there = kind_address("127.0.0.1", OTHER_PORT);

	if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind");
	*peer = socket(AF_INET, SOCK_DGRAM, 0);
	local = kind_address("127.0.0.1", PEER_PORT);
	if (bind(*peer, (struct sockaddr *)&local.addr, local.addr_len) < 0 ||
		connect(*peer, (struct sockaddr *)&there.addr, there.addr_len) < 0)
		die("connect");
	return fd;
}

static const struct reuse {
	const char *name;
	int (*open)(int *peer);
} reuses[] = {
	{"tcp", reuse_tcp},
	{"unix", reuse_unix},
	{"pipe", reuse_pipe},
	{"udp", reuse_udp},
};

static void run_reuse(const struct way *way, const struct reuse *reuse, bool had_asked)
{
	struct station watched, station = {.fd = -1, .peer = -1};
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char text[64];

	kind_open(kind_find("udp4 wildcard"), &watched);
	kind_meet_peer(&watched);
	close(watched.peer);
	if (had_asked)
		set_option(watched.fd, IPPROTO_IP, IP_PKTINFO, 1);
	say_begin("stale, %s by %s, %s", reuse->name, way->name,
		had_asked ? "had asked for reports" : "had not asked");
	way->end(watched.fd);
	station.fd = reuse->open(&station.peer);
	say(" same number %d", station.fd == watched.fd);
	kind_feed(&station, 3, 10);
	say_option("pktinfo", station.fd, IPPROTO_IP, IP_PKTINFO);
	errno = ERRNO_BEFORE;
	say_result(recvfrom(station.fd, text, 10, MSG_DONTWAIT, (struct sockaddr *)&from, &len));
	say(" len %u", (unsigned int)len);
	say_received(station.fd, 256, 0);
	errno = ERRNO_BEFORE;
	say_result(sendto(station.fd, "answer", 6, MSG_DONTWAIT, (struct sockaddr *)&watched.dest,
		watched.dest_len));
	errno = ERRNO_BEFORE;
	say_result(setsockopt(station.fd, IPPROTO_IP, IP_PKTINFO, &(int){0}, sizeof(int)));
	say_option("pktinfo", station.fd, IPPROTO_IP, IP_PKTINFO);
	len = sizeof(text);
	memset(text, 0, sizeof(text));
	errno = ERRNO_BEFORE;
	say_result(getsockopt(station.fd, IPPROTO_IP, OPTION_PKTOPTIONS, text, &len));
	say(" options of %u", (unsigned int)len);
	say_left(station.fd);
	say_end();
	kind_close(&station);
}

static void run_all_reuse(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		for (size_t j = 0; j < COUNT_OF(reuses); j++)
			for (int asked = 0; asked < 2; asked++)
				run_reuse(&ways[i], &reuses[j], asked != 0);
}

/* The first receive is under the flags of a UDP socket, and waits for no more bytes than there are.
 */
static void run_first_receive(const void *arg)
{
	const struct timeval limit = {.tv_sec = 3};
	struct station closed, station = {.fd = -1, .peer = -1};
	struct timespec before, after;
	char text[64];

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		int connection = reuse_tcp(&station.peer);

		kind_open(kind_find("udp4 wildcard"), &closed);
		close(closed.peer);
		say_begin("stale, first receive by %s", ways[i].name);
		ways[i].end(closed.fd);
		station.fd = (int)raw_syscall(SYS_dup3, connection, closed.fd, 0);
		raw_syscall(SYS_close, connection);
		setsockopt(station.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (write(station.peer, "text", 4) != 4)
			die("write");
		clock_gettime(CLOCK_MONOTONIC, &before);
		errno = ERRNO_BEFORE;
		say_result(recvfrom(station.fd, text, sizeof(text), 0, NULL, NULL));
		clock_gettime(CLOCK_MONOTONIC, &after);
		say(" %s", after.tv_sec - before.tv_sec < 2 ? "at once" : "late");
		say_end();
		kind_close(&station);
	}
}

void family_stale(void)
{
	run_apart("reuse", run_all_reuse, NULL);
	run_apart("first receive", run_first_receive, NULL);
}
