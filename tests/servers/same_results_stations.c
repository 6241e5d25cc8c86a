/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A station is a descriptor of some kind with its far end. This file opens, feeds, hears and closes
 * it. */
#include "same_results.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

void (*kind_before_bind)(int fd);
long (*raw_syscall)(long number, ...);

/* A preload library may define syscall too. The one in the library that defines puts is libc's. */
void raw_init(void)
{
	Dl_info where;
	void *libc, *found = NULL;

	if (dladdr((void *)(uintptr_t)puts, &where) != 0) {
		libc = dlopen(where.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
		if (libc != NULL)
			found = dlsym(libc, "syscall");
	}
	if (found == NULL)
		die("libc has no syscall");
	memcpy(&raw_syscall, &found, sizeof(found));
}

void kind_open(const struct kind *kind, struct station *ret)
{
	const struct timeval soon = {.tv_usec = 1000};

	*ret = (struct station){.fd = -1, .peer = -1};
	kind->open(kind, ret);
	setsockopt(ret->fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
}

void kind_open_stale(const struct kind *kind, struct station *ret)
{
	struct station watched;
	char byte;

	kind_open(
		kind_find(kind->domain == AF_INET6 ? "udp6 wildcard" : "udp4 wildcard"), &watched);
	kind_feed(&watched, 1, 1);
	if (recvfrom(watched.fd, &byte, 1, 0, (struct sockaddr *)&watched.dest,
		    &watched.dest_len) != 1)
		die("recvfrom");
	close(watched.peer);
	/* Frees the port for the new one: connected, it does not block the port. */
	if (raw_syscall(SYS_dup3, STDIN_FILENO, watched.fd, O_CLOEXEC) < 0)
		die("dup3");
	kind_open(kind, ret);
	if (raw_syscall(SYS_dup3, ret->fd, watched.fd, O_CLOEXEC) < 0)
		raw_syscall(SYS_close, watched.fd);
	else
		raw_syscall(SYS_close, ret->fd);
	if (ret->fd >= 0 && ret->fd != INT_MAX)
		ret->fd = watched.fd;
}

void kind_close(struct station *station)
{
	if (station->fd >= 0)
		close(station->fd);
	if (station->peer >= 0)
		close(station->peer);
}

void kind_feed(const struct station *station, unsigned int count, size_t len)
{
	static char data[60000];
	const struct sockaddr *addr = (const struct sockaddr *)&station->addr;

	for (unsigned int i = 0; i < count && station->peer >= 0; i++) {
		memset(data, '0' + (int)(i % 10), len);
		if (station->addr_len != 0)
			sendto(station->peer, data, len, MSG_DONTWAIT, addr, station->addr_len);
		else if (send(station->peer, data, len, MSG_DONTWAIT) < 0 && errno == ENOTSOCK &&
			 write(station->peer, data, len) < 0)
			return;
	}
}

void kind_meet_peer(const struct station *station)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	char byte;

	kind_feed(station, 1, 1);
	recvfrom(station->fd, &byte, 1, MSG_DONTWAIT, (struct sockaddr *)&peer, &len);
}

/* The number of pieces in which a stream's bytes arrive is unspecified. */
static void say_stream(int peer)
{
	static unsigned char data[60000];
	long got, sum = 0;

	while ((got = raw_syscall(
			SYS_recvfrom, peer, data, sizeof(data), MSG_DONTWAIT, NULL, NULL)) > 0)
		sum += got;
	say(" %ld in all", sum);
	if (got < 0)
		say(" (%s)", strerror(errno));
}

static void say_datagrams(int peer)
{
	static unsigned char data[60000];

	for (int i = 0; i < 6; i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		long got = raw_syscall(
			SYS_recvfrom, peer, data, sizeof(data), MSG_DONTWAIT, &from, &len);

		if (got < 0) {
			say(" (%s)", strerror(errno));
			return;
		}
		say(" %ld", got);
		say_address("from", &from, len < sizeof(from) ? len : 0);
		if (got == 0 && len == 0)
			return;
	}
}

void say_peer(const struct station *station)
{
	int type = 0;
	socklen_t len = sizeof(type);

	say(" peer:");
	if (station->peer < 0)
		return;
	getsockopt(station->peer, SOL_SOCKET, SO_TYPE, &type, &len);
	if (type == SOCK_STREAM)
		say_stream(station->peer);
	else
		say_datagrams(station->peer);
}
