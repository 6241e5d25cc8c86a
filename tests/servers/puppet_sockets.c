/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of puppet for sockets. */
#include "puppet.h"

#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* A free slot has no name. */
static struct named_socket sockets[NAMES];

static const struct kind {
	const char *name;
	int type, protocol;
} kinds[] = {
	{"tcp", SOCK_STREAM, 0},
	{"udp", SOCK_DGRAM, 0},
	{"mptcp", SOCK_STREAM, IPPROTO_MPTCP},
	{"udplite", SOCK_DGRAM, IPPROTO_UDPLITE},
	{"sctp", SOCK_STREAM, IPPROTO_SCTP},
	{"sctpmany", SOCK_SEQPACKET, IPPROTO_SCTP},
	{"dccp", SOCK_DCCP, IPPROTO_DCCP},
	{"raw", SOCK_RAW, 253},
};

static const struct option {
	const char *name;
	int level, number;
} options[] = {
	{"v6only", IPPROTO_IPV6, IPV6_V6ONLY}, {"reuseaddr", SOL_SOCKET, SO_REUSEADDR},
	{"reuseport", SOL_SOCKET, SO_REUSEPORT}, {"rcvlowat", SOL_SOCKET, SO_RCVLOWAT},
	{"pktinfo", IPPROTO_IP, IP_PKTINFO}, {"recvpktinfo", IPPROTO_IPV6, IPV6_RECVPKTINFO},
	{"recvttl", IPPROTO_IP, IP_RECVTTL},
	{"unicast-if", IPPROTO_IP, IP_UNICAST_IF}, /* in network byte order */
};

struct named_socket *find_socket(const char *name)
{
	for (int i = 0; i < NAMES; i++)
		if (strcmp(sockets[i].name, name) == 0)
			return &sockets[i];
	errno = 0;
	die("no socket %s", name);
}

static int fd_of(int i)
{
	return find_socket(word(i))->fd;
}

static void name_socket(const char *name, int fd)
{
	struct named_socket *socket = find_socket("");

	snprintf(socket->name, sizeof(socket->name), "%s", name);
	socket->fd = fd;
}

static const struct option *find_option(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strncmp(options[i].name, name, len) == 0 && options[i].name[len] == '\0')
			return &options[i];
	errno = 0;
	die("no option %s", name);
}

static int set(int fd, const struct option *option, int value)
{
	return setsockopt(fd, option->level, option->number, &value, sizeof(value));
}

static int open_kind(const char *name)
{
	size_t len = strlen(name) - 1;
	int domain = name[len] == '6' ? AF_INET6 : AF_INET;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(kinds[i].name, name, len) == 0 && kinds[i].name[len] == '\0')
			return socket(domain, kinds[i].type, kinds[i].protocol);
	errno = 0;
	die("no kind %s", name);
}

static int do_open(void)
{
	int fd = open_kind(word(2));

	if (fd < 0)
		return -1;
	name_socket(word(1), fd);
	for (int i = 3; has_word(i); i++) {
		size_t len = strcspn(word(i), "=");
		int value = word(i)[len] == '=' ? atoi(word(i) + len + 1) : 1;

		if (set(fd, find_option(word(i), len), value) < 0)
			return -1;
	}
	return 0;
}

static int do_set(void)
{
	return set(fd_of(1), find_option(word(2), strlen(word(2))), atoi(word(3)));
}

static int do_set_by_number(void)
{
	const struct option *option = find_option(word(2), strlen(word(2)));
	int value = atoi(word(3));

	return (int)syscall(
		SYS_setsockopt, fd_of(1), option->level, option->number, &value, sizeof(value));
}

static int do_option(void)
{
	set_option_by_name(fd_of(1), word(2));
	return 0;
}

static int do_get(void)
{
	const struct option *option = find_option(word(2), strlen(word(2)));
	int value = -1;
	socklen_t len = sizeof(value);
	int result = getsockopt(fd_of(1), option->level, option->number, &value, &len);

	snprintf(answer, sizeof(answer), "%d", value);
	return result;
}

/* The socket type does not matter, but getaddrinfo needs a known one. */
struct endpoint endpoint_at(int i)
{
	struct endpoint endpoint;

	resolve(word(i), word(i + 1), SOCK_STREAM, &endpoint);
	return endpoint;
}

/* A call that succeeds leaves errno alone. If it does not, the line gets a result of its own. */
static int check_errno(int result)
{
	if (result == 0 && errno != 0)
		snprintf(answer, sizeof(answer), "errno is %s", errno_name(errno));
	return result;
}

static int do_bind(void)
{
	struct endpoint local = endpoint_at(2);
	socklen_t len = has_word(4) ? (socklen_t)atoi(word(4)) : local.addr_len;
	int fd = fd_of(1);

	errno = 0;
	return check_errno(bind(fd, (struct sockaddr *)&local.addr, len));
}

static int do_listen(void)
{
	int fd = fd_of(1);

	errno = 0;
	return check_errno(listen(fd, 16));
}

static int do_port(void)
{
	struct sockaddr_in6 addr;
	socklen_t len = sizeof(addr);
	int result = getsockname(fd_of(1), (struct sockaddr *)&addr, &len);

	snprintf(answer, sizeof(answer), "%d", ntohs(addr.sin6_port));
	return result;
}

static int do_connect(void)
{
	struct endpoint server = endpoint_at(2);

	return connect(fd_of(1), (struct sockaddr *)&server.addr, server.addr_len);
}

bool has_something(int fd, int limit_ms)
{
	struct pollfd something = {.fd = fd, .events = POLLIN};

	return poll(&something, 1, limit_ms) > 0;
}

static int do_accept(void)
{
	const char *how = has_word(3) ? word(3) : "";
	int fd;

	if (strcmp(how, "wait") != 0 && !has_something(fd_of(1), LIMIT_MS)) {
		snprintf(answer, sizeof(answer), "nothing");
		return 0;
	}
	fd = strcmp(how, "accept4") == 0 ? accept4(fd_of(1), NULL, NULL, SOCK_CLOEXEC)
					 : accept(fd_of(1), NULL, NULL);
	if (fd < 0)
		return -1;
	name_socket(word(2), fd);
	return 0;
}

static int do_send(void)
{
	struct endpoint to = endpoint_at(2);
	const char *text = word(4);
	ssize_t sent =
		sendto(fd_of(1), text, strlen(text), 0, (struct sockaddr *)&to.addr, to.addr_len);

	return sent < 0 ? -1 : 0;
}

static int do_receive(void)
{
	ssize_t got;

	snprintf(answer, sizeof(answer), "nothing");
	if (!has_something(fd_of(1), LIMIT_MS))
		return 0;
	got = recv(fd_of(1), answer, sizeof(answer) - 1, 0);
	if (got >= 0)
		answer[got] = '\0';
	return got < 0 ? -1 : 0;
}

static int do_idle(void)
{
	if (has_something(fd_of(1), 0))
		snprintf(answer, sizeof(answer), "no");
	return 0;
}

static int do_dup(void)
{
	int fd = dup(fd_of(1));

	if (fd < 0)
		return -1;
	name_socket(word(2), fd);
	return 0;
}

static int do_close(void)
{
	struct named_socket *socket = find_socket(word(1));

	socket->name[0] = '\0';
	return close(socket->fd);
}

void close_sockets(void)
{
	for (int i = 0; i < NAMES; i++)
		if (sockets[i].name[0] != '\0')
			close(sockets[i].fd);
}

void list_sockets(char **ret)
{
	for (int i = 0; i < NAMES; i++) {
		if (sockets[i].name[0] == '\0')
			continue;
		if (asprintf(ret++, "%d=%s", sockets[i].fd, sockets[i].name) < 0)
			die("asprintf");
	}
}

void take_socket(const char *text)
{
	name_socket(strchr(text, '=') + 1, atoi(text));
}

const struct command socket_commands[] = {
	{"open", do_open},
	{"set", do_set},
	{"SYS_set", do_set_by_number},
	{"option", do_option},
	{"get", do_get},
	{"bind", do_bind},
	{"listen", do_listen},
	{"port", do_port},
	{"connect", do_connect},
	{"accept", do_accept},
	{"send", do_send},
	{"receive", do_receive},
	{"idle", do_idle},
	{"dup", do_dup},
	{"close", do_close},
	{NULL, NULL},
};
