/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Binds two sockets, of all kinds, to one port, and prints what comes of each pair:
 *
 *	listen_table [FIRST-PORT]
 *
 * A line is "MARK KEY: RESULTS". The results are of bind and listen on each, in order, and which of
 *the two a connection or datagram to 127.0.0.1 and ::1 arrives at. The mark says what may differ
 *where the keyword auto is in effect in the kernel:
 *
 *	families	a wildcard socket of one family stands beside one of the other that is for
 *			auto, too, or has SO_REUSEPORT: each is bound
 *	late		both have SO_REUSEADDR and were bound before the first listens, and the
 *second has SO_REUSEPORT, too: it may listen same		nothing
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 300, SOCKETS = 2 };

static const struct kind {
	const char *name, *address;
	bool is_v6only, is_wildcard, is_v4; /* is_v4: its address, which may be v4-mapped */
} kinds[] = {
	{"0.0.0.0", "0.0.0.0", .is_wildcard = true, .is_v4 = true},
	{"::", "::", .is_wildcard = true},
	{"::-only", "::", .is_wildcard = true, .is_v6only = true},
	{"127.0.0.1", "127.0.0.1", .is_v4 = true},
	{"127.0.0.2", "127.0.0.2", .is_v4 = true},
	{"::1", "::1", .is_v4 = false},
	{"mapped", "::ffff:127.0.0.1", .is_v4 = true},
	{"mapped-any", "::ffff:0.0.0.0", .is_v4 = true},
};

static const struct variant {
	const char *name;
	bool reuses_address, reuses_port, is_on_device;
} variants[] = {
	{"", false, false, false},
	{"+reuseaddr", true, false, false},
	{"+reuseport", false, true, false},
	{"+both", true, true, false},
	{"+device", false, false, true},
	{"+device+reuseport", false, true, true},
};

static const struct protocol {
	const char *name;
	int type, number;
	bool binds_first; /* both are bound before one listens */
} protocols[] = {
	{"tcp", SOCK_STREAM, IPPROTO_TCP, false},
	{"tcp, bound first", SOCK_STREAM, IPPROTO_TCP, true},
	{"udp", SOCK_DGRAM, IPPROTO_UDP, false},
	{"udplite", SOCK_DGRAM, IPPROTO_UDPLITE, false},
};

struct one {
	const struct kind *kind;
	const struct variant *variant;
	int fd;
	const char *bound, *listening;
};

static int open_one(const struct one *one, const struct protocol *protocol)
{
	const int family = strchr(one->kind->address, ':') != NULL ? AF_INET6 : AF_INET;
	int fd = socket(family, protocol->type | SOCK_NONBLOCK, protocol->number);

	if (fd < 0)
		die("socket");
	if (family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, one->kind->is_v6only);
	if (one->variant->reuses_address)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (one->variant->reuses_port)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (one->variant->is_on_device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0)
		die("SO_BINDTODEVICE");
	return fd;
}

static const char *result_of(int result)
{
	return result == 0 ? "ok" : errno_name(errno);
}

static void bind_one(struct one *one, const struct protocol *protocol, const char *port)
{
	struct endpoint local;

	resolve(one->kind->address, port, SOCK_STREAM, &local);
	one->fd = open_one(one, protocol);
	one->bound = result_of(bind(one->fd, (const struct sockaddr *)&local.addr, local.addr_len));
	one->listening = "";
}

static void listen_on(struct one *one, const struct protocol *protocol)
{
	if (protocol->type == SOCK_STREAM && strcmp(one->bound, "ok") == 0)
		one->listening = result_of(listen(one->fd, 8));
}

/* Which of them, as a letter, has something to read. */
static char reader(const struct one ones[SOCKETS], bool is_refused)
{
	struct pollfd fds[SOCKETS];

	for (int i = 0; i < SOCKETS; i++)
		fds[i] = (struct pollfd){ones[i].fd, POLLIN, 0};
	if (is_refused || poll(fds, SOCKETS, WAIT_MS) <= 0)
		return '-';
	for (int i = 0; i < SOCKETS; i++)
		if (fds[i].revents & POLLIN)
			return (char)('a' + i);
	return '-';
}

static void drain(const struct one ones[SOCKETS])
{
	char byte;

	for (int i = 0; i < SOCKETS; i++) {
		int connection = accept(ones[i].fd, NULL, NULL);

		if (connection >= 0)
			close(connection);
		if (recv(ones[i].fd, &byte, 1, MSG_DONTWAIT) < 0)
			continue;
	}
}

static char arrives_at(const struct one ones[SOCKETS], const struct protocol *protocol,
	const char *address, const char *port)
{
	const struct linger reset = {1, 0};
	struct endpoint remote;
	bool is_refused;
	char ret;
	int fd;

	resolve(address, port, SOCK_STREAM, &remote);
	fd = socket(remote.addr.ss_family, protocol->type, protocol->number);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	is_refused = connect(fd, (const struct sockaddr *)&remote.addr, remote.addr_len) != 0;
	/* A datagram that no socket takes comes back as an error at once. */
	if (!is_refused && protocol->type == SOCK_DGRAM)
		is_refused = send(fd, "x", 1, 0) != 1 || send(fd, "x", 1, 0) != 1;
	ret = reader(ones, is_refused);
	close(fd);
	drain(ones);
	drain(ones);
	return ret;
}

/* The kernel's choice among sockets that share by the program's own SO_REUSEPORT is by chance. */
static bool is_by_chance(const struct one *a, const struct one *b)
{
	return a->variant->reuses_port && b->variant->reuses_port;
}

/* Whether auto is for this socket: on a wildcard address, without an option of its own by which
 * sockets share. Of TCP, SO_REUSEADDR lets none share with a listener. */
static bool is_for_auto(const struct one *one, const struct protocol *protocol)
{
	return one->kind->is_wildcard && !one->variant->reuses_port &&
	       !one->variant->is_on_device &&
	       (!one->variant->reuses_address || protocol->type == SOCK_STREAM);
}

static const char *mark_of(
	const struct one *a, const struct one *b, const struct protocol *protocol)
{
	const bool is_for_a = is_for_auto(a, protocol), is_for_b = is_for_auto(b, protocol);

	if (a->kind->is_v4 != b->kind->is_v4)
		return (is_for_a && is_for_b) || (is_for_a && b->variant->reuses_port) ||
				       (is_for_b && a->variant->reuses_port)
			       ? "families"
			       : "same";
	return protocol->binds_first && is_for_a && a->variant->reuses_address &&
			       b->variant->reuses_address && b->variant->reuses_port
		       ? "late"
		       : "same";
}

static void try_pair(struct one ones[SOCKETS], const struct protocol *protocol, const char *port)
{
	for (int i = 0; i < SOCKETS; i++) {
		bind_one(&ones[i], protocol, port);
		if (!protocol->binds_first)
			listen_on(&ones[i], protocol);
	}
	for (int i = 0; protocol->binds_first && i < SOCKETS; i++)
		listen_on(&ones[i], protocol);
	printf("%s %s, %s%s, %s%s:", mark_of(&ones[0], &ones[1], protocol), protocol->name,
		ones[0].kind->name, ones[0].variant->name, ones[1].kind->name,
		ones[1].variant->name);
	for (int i = 0; i < SOCKETS; i++)
		printf(" %s %s", ones[i].bound, ones[i].listening);
	if (!is_by_chance(&ones[0], &ones[1])) {
		printf(" %c", arrives_at(ones, protocol, "127.0.0.1", port));
		printf("%c", arrives_at(ones, protocol, "::1", port));
	}
	putchar('\n');
	for (int i = 0; i < SOCKETS; i++)
		close(ones[i].fd);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(int argc, char **argv)
{
	const size_t each = COUNT(kinds) * COUNT(variants);
	unsigned int port = argc > 1 ? (unsigned int)atoi(argv[1]) : 2000;
	char text[16];

	for (size_t p = 0; p < COUNT(protocols); p++)
		for (size_t i = 0; i < each * each; i++) {
			const size_t a = i / each, b = i % each;
			struct one ones[SOCKETS] = {
				{.kind = &kinds[a / COUNT(variants)],
					.variant = &variants[a % COUNT(variants)]},
				{.kind = &kinds[b / COUNT(variants)],
					.variant = &variants[b % COUNT(variants)]},
			};

			snprintf(text, sizeof(text), "%u", port++);
			try_pair(ones, &protocols[p], text);
		}
	return 0;
}
