/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bind and listen: every address and length, on bound and unbound sockets, and the state of the
 * socket afterwards. */
#include "same_results.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stands for a descriptor that is not open. */
enum { CLOSED_FD = 40 };

static const struct bind_row {
	const char *name;
	const char *address; /* NULL: the wildcard of the socket's own family */
	int port;
	int place;
	int len; /* 0: as long as it is */
	int family;
} bind_rows[] = {
	{"wildcard, port 0", NULL, 0, GOOD, 0, 0},
	{"wildcard", NULL, STATION_PORT, GOOD, 0, 0},
	{"wildcard, in use", NULL, PEER_PORT, GOOD, 0, 0},
	{"127.0.0.1", "127.0.0.1", STATION_PORT, GOOD, 0, 0},
	{"127.0.0.1, in use", "127.0.0.1", PEER_PORT, GOOD, 0, 0},
	{"0.0.0.0", "0.0.0.0", STATION_PORT, GOOD, 0, 0},
	{"not local", "198.51.100.1", STATION_PORT, GOOD, 0, 0},
	{"broadcast", "255.255.255.255", STATION_PORT, GOOD, 0, 0},
	{"multicast", "239.1.2.3", STATION_PORT, GOOD, 0, 0},
	{"::1", "::1", STATION_PORT, GOOD, 0, 0},
	{"::", "::", STATION_PORT, GOOD, 0, 0},
	{"IPv6, not local", "2001:db8:9::1", STATION_PORT, GOOD, 0, 0},
	{"v4-mapped", "::ffff:127.0.0.1", STATION_PORT, GOOD, 0, 0},
	{"v4-mapped wildcard", "::ffff:0.0.0.0", STATION_PORT, GOOD, 0, 0},
	{"link-local without a scope", "fe80::1", STATION_PORT, GOOD, 0, 0},
	{"unspecified family", NULL, STATION_PORT, GOOD, 0, -1},
	{"unspecified family, 127.0.0.1", "127.0.0.1", STATION_PORT, GOOD, 0, -1},
	{"family AF_APPLETALK", NULL, STATION_PORT, GOOD, 0, AF_APPLETALK},
	{"NULL", NULL, STATION_PORT, NIL, 0, 0},
	{"NULL of -1", NULL, STATION_PORT, NIL, -1, 0},
	{"place 1", NULL, STATION_PORT, ONE, 0, 0},
	{"top", NULL, STATION_PORT, TOP, 0, 0},
	{"nowhere", NULL, STATION_PORT, NONE, 0, 0},
	{"read-only", NULL, STATION_PORT, READ_ONLY, 0, 0},
	{"cut at 8", NULL, STATION_PORT, CUT(8), 0, 0},
	{"cut at 16", NULL, STATION_PORT, CUT(16), 0, 0},
	{"cut at 16 of 128", NULL, STATION_PORT, CUT(16), 128, 0},
	{"cut at 28 of 128", NULL, STATION_PORT, CUT(28), 128, 0},
	{"odd", NULL, STATION_PORT, ODD, 0, 0},
	{"of 1", NULL, STATION_PORT, GOOD, 1, 0},
	{"of 2", NULL, STATION_PORT, GOOD, 2, 0},
	{"of 8", NULL, STATION_PORT, GOOD, 8, 0},
	{"of 15", NULL, STATION_PORT, GOOD, 15, 0},
	{"of 16", NULL, STATION_PORT, GOOD, 16, 0},
	{"of 23", NULL, STATION_PORT, GOOD, 23, 0},
	{"of 24", NULL, STATION_PORT, GOOD, 24, 0},
	{"of 27", NULL, STATION_PORT, GOOD, 27, 0},
	{"of 28", NULL, STATION_PORT, GOOD, 28, 0},
	{"of 128", NULL, STATION_PORT, GOOD, 128, 0},
	{"of 129", NULL, STATION_PORT, GOOD, 129, 0},
	{"of 1024", NULL, STATION_PORT, GOOD, 1024, 0},
	{"of -1", NULL, STATION_PORT, GOOD, -1, 0},
	{"of INT_MIN", NULL, STATION_PORT, GOOD, INT_MIN, 0},
};

static const struct bind_socket {
	const char *name;
	int domain, type, protocol;
	const char *bound; /* already, to this address */
} bind_sockets[] = {
	{"udp4", AF_INET, SOCK_DGRAM, 0, NULL},
	{"udp6", AF_INET6, SOCK_DGRAM, 0, NULL},
	{"tcp4", AF_INET, SOCK_STREAM, 0, NULL},
	{"tcp6", AF_INET6, SOCK_STREAM, 0, NULL},
	{"udplite4", AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, NULL},
	{"udp4 bound", AF_INET, SOCK_DGRAM, 0, "0.0.0.0"},
	{"udp4 bound to 127.0.0.1", AF_INET, SOCK_DGRAM, 0, "127.0.0.1"},
	{"udp6 bound", AF_INET6, SOCK_DGRAM, 0, "::"},
	{"tcp6 bound", AF_INET6, SOCK_STREAM, 0, "::"},
	{"raw", AF_INET, SOCK_RAW, 253, NULL},
	{"ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, NULL},
	{"unix", AF_UNIX, SOCK_DGRAM, 0, NULL},
	{"netlink", AF_NETLINK, SOCK_RAW, 2, NULL},
	{"closed", 0, 0, 0, NULL},
};

static void say_socket(int fd)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);

	memset(&local, FILL, sizeof(local));
	if (getsockname(fd, (struct sockaddr *)&local, &len) == 0 && len <= sizeof(local) &&
		local.ss_family != AF_NETLINK)
		say_address("local", &local, len);
	say_option("v6only", fd, IPPROTO_IPV6, IPV6_V6ONLY);
	say_option("pktinfo", fd, IPPROTO_IP, IP_PKTINFO);
	say_option("pktinfo6", fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
}

/* Whether the calls are made by syscall(2). */
static bool by_number;

static int call_socket(int domain, int type, int protocol)
{
	return by_number ? (int)syscall(SYS_socket, domain, type, protocol)
			 : socket(domain, type, protocol);
}

static int call_bind(int fd, const void *addr, socklen_t len)
{
	return by_number ? (int)syscall(SYS_bind, fd, addr, len) : bind(fd, addr, len);
}

static int open_to_bind(const struct bind_socket *what, int number)
{
	int fd = what->domain != 0 ? call_socket(what->domain, what->type, what->protocol)
				   : CLOSED_FD;
	struct endpoint local;

	if (what->domain == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (what->bound != NULL) {
		local = kind_address(what->bound, number);
		if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
			die("bind");
	}
	return fd;
}

static void run_bind(const struct bind_socket *what, const struct bind_row *row)
{
	const char *wildcard = what->domain == AF_INET6 ? "::" : "0.0.0.0";
	struct endpoint local = kind_address(row->address ? row->address : wildcard, row->port);
	void *addr = memory_at(SLOT_ADDR, row->place);
	int fd = open_to_bind(what, OTHER_PORT);
	struct endpoint good = kind_address(wildcard, OTHER_PORT + 1);

	if (row->family != 0)
		local.addr.ss_family = (sa_family_t)(row->family < 0 ? AF_UNSPEC : row->family);
	memory_put(addr, &local.addr, sizeof(local.addr));
	say_begin("bind %s, %s%s", what->name, row->name, by_number ? ", by number" : "");
	say_result(call_bind(fd, addr, row->len != 0 ? (socklen_t)row->len : local.addr_len));
	say_socket(fd);
	errno = ERRNO_BEFORE;
	say(" again:");
	say_result(call_bind(fd, (struct sockaddr *)&good.addr, good.addr_len));
	say_socket(fd);
	say_end();
	if (fd != CLOSED_FD)
		close(fd);
}

static void run_binds(const void *is_by_number)
{
	static const struct bind_socket holders[] = {
		{"", AF_INET, SOCK_DGRAM, 0, "0.0.0.0"},
		{"", AF_INET6, SOCK_DGRAM, 0, "::"},
		{"", AF_INET, SOCK_STREAM, 0, "0.0.0.0"},
		{"", AF_INET6, SOCK_STREAM, 0, "::"},
	};

	by_number = *(const bool *)is_by_number;
	for (size_t i = 0; i < COUNT_OF(holders); i++)
		if (open_to_bind(&holders[i], PEER_PORT) < 0)
			die("socket");
	for (size_t i = 0; i < COUNT_OF(bind_sockets); i++)
		for (size_t j = 0; j < COUNT_OF(bind_rows); j++)
			run_bind(&bind_sockets[i], &bind_rows[j]);
}

static void run_listens(const void *unused)
{
	static const int backlogs[] = {0, 1, 5, -1, INT_MAX, INT_MIN};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(bind_sockets); i++)
		for (size_t j = 0; j < COUNT_OF(backlogs); j++) {
			int fd = open_to_bind(&bind_sockets[i], OTHER_PORT);

			say_begin("bind, listen %s, %d", bind_sockets[i].name, backlogs[j]);
			say_result(listen(fd, backlogs[j]));
			say_socket(fd);
			errno = ERRNO_BEFORE;
			say_result(listen(fd, backlogs[j]));
			say_end();
			if (fd != CLOSED_FD)
				close(fd);
		}
}

void family_bind(void)
{
	run_apart("bind", run_binds, &(bool){false});
	run_apart("bind", run_binds, &(bool){true});
	run_apart("listen", run_listens, NULL);
}
