/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a descriptor is that is met for the first time, as the kernel tells it: which are watched
 * from then on, whose reports are the program's own, and that nothing else is touched.
 */
#include "sys/sockets.h"

#include "sys/process.h"

#include "unit.h"

#include <errno.h>
#include <stdlib.h>

enum { KINDS = FACT_KNOWN | FACT_UDP | FACT_WATCHED | FACT_OPEN };
enum {
	WATCHED = KINDS,
	UNBOUND = FACT_KNOWN | FACT_UDP | FACT_OPEN,
	SPECIFIC = FACT_KNOWN | FACT_UDP
};

union name {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int start(void **state)
{
	(void)state;
	process_init();
	return setenv("BINDRIGHT_LOG", "off", 1);
}

/* Bound to any port of the wildcard or the loopback address. Skips where there is no such family.
 */
static int open_bound(int family, int protocol, bool is_wildcard, bool is_v6only)
{
	union name local = {.sa.sa_family = (sa_family_t)family};
	int fd = socket(family, SOCK_DGRAM, protocol), value = is_v6only;

	if (fd == -1)
		skip();
	facts_set(fd, 0);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof(value));
	if (!is_wildcard && family == AF_INET)
		local.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!is_wildcard && family == AF_INET6)
		local.v6.sin6_addr = in6addr_loopback;
	if (bind(fd, &local.sa, family == AF_INET ? sizeof(local.v4) : sizeof(local.v6)) != 0) {
		close(fd);
		skip();
	}
	return fd;
}

static in_port_t port_of(int fd)
{
	union name local;
	socklen_t len = sizeof(local);

	assert_return_code(getsockname(fd, &local.sa, &len), errno);
	return local.v4.sin_port;
}

/* Meets fd and closes it; its kind is this, and these reports are on then. */
static void assert_met(int fd, uint32_t kind, unsigned int reports, unsigned int own)
{
	uint32_t facts;

	errno = 4711;
	facts = sockets_meet(fd);
	assert_int_equal(errno, 4711);
	assert_int_equal(facts & KINDS, kind);
	assert_int_equal(facts, facts_of(fd));
	assert_int_equal(facts, sockets_meet(fd));
	assert_int_equal(sockets_own_families(facts), own);
	assert_int_equal(facts_port(facts), kind == WATCHED ? port_of(fd) : 0);
	assert_int_equal(pktinfo_ask(fd, PKTINFO_V4 | PKTINFO_V6), reports);
	facts_set(fd, 0);
	close(fd);
}

static void v4_wildcard(void **state)
{
	(void)state;
	assert_met(open_bound(AF_INET, 0, true, false), WATCHED, PKTINFO_V4, 0);
}

static void v6_wildcard(void **state)
{
	(void)state;
	assert_met(open_bound(AF_INET6, 0, true, true), WATCHED, PKTINFO_V6, 0);
}

static void dual_stack_wildcard(void **state)
{
	(void)state;
	assert_met(open_bound(AF_INET6, 0, true, false), WATCHED, PKTINFO_V4 | PKTINFO_V6, 0);
}

static void udplite_wildcard(void **state)
{
	(void)state;
	assert_met(open_bound(AF_INET, IPPROTO_UDPLITE, true, false), WATCHED, PKTINFO_V4, 0);
}

static void bound_to_an_address(void **state)
{
	(void)state;
	assert_met(open_bound(AF_INET, 0, false, false), SPECIFIC, 0, 0);
	assert_met(open_bound(AF_INET6, 0, false, true), SPECIFIC, 0, 0);
}

static void connected(void **state)
{
	int there = open_bound(AF_INET, 0, false, false);
	int fd = open_bound(AF_INET, 0, true, false);
	union name peer = {.v4 = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				   .sin_port = port_of(there)}};

	(void)state;
	assert_return_code(connect(fd, &peer.sa, sizeof(peer.v4)), errno);
	assert_met(fd, SPECIFIC, 0, 0);
	close(there);
}

static void not_bound(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	facts_set(fd, 0);
	assert_met(fd, UNBOUND, 0, 0);
}

static void reports_that_are_on(void **state)
{
	int fd = open_bound(AF_INET, 0, true, false);

	(void)state;
	pktinfo_switch(fd, PKTINFO_V4, true);
	assert_met(fd, WATCHED, PKTINFO_V4, PKTINFO_V4);

	fd = open_bound(AF_INET6, 0, true, false);
	pktinfo_switch(fd, PKTINFO_V6, true);
	assert_met(fd, WATCHED, PKTINFO_V4 | PKTINFO_V6, PKTINFO_V6);
}

/* By our doing, which the program has no part in, or in one family's only. */
static void reports_that_are_marked(void **state)
{
	int fd = open_bound(AF_INET, 0, true, false);

	(void)state;
	sockets_start_reports(fd, PKTINFO_V4, 0);
	assert_met(fd, WATCHED, PKTINFO_V4, 0);

	fd = open_bound(AF_INET6, 0, true, false);
	pktinfo_switch(fd, PKTINFO_V4, true);
	sockets_start_reports(fd, PKTINFO_V4 | PKTINFO_V6, PKTINFO_V4);
	assert_met(fd, WATCHED, PKTINFO_V4 | PKTINFO_V6, PKTINFO_V4);
}

/* Met under one number, it is marked for whoever meets it under another. */
static void a_duplicate(void **state)
{
	int fd = open_bound(AF_INET, 0, true, false);
	int other = dup(fd);

	(void)state;
	facts_set(other, 0);
	assert_met(fd, WATCHED, PKTINFO_V4, 0);
	assert_met(other, WATCHED, PKTINFO_V4, 0);
}

static void what_is_no_udp_socket(void **state)
{
	static const int natures[][3] = {{AF_INET, SOCK_STREAM, 0}, {AF_INET6, SOCK_STREAM, 0},
		{AF_UNIX, SOCK_DGRAM, 0}, {AF_UNIX, SOCK_STREAM, 0}, {AF_NETLINK, SOCK_RAW, 0}};

	(void)state;
	for (size_t i = 0; i < LENGTH(natures); i++) {
		int fd = socket(natures[i][0], natures[i][1], natures[i][2]);

		if (fd == -1)
			continue;
		facts_set(fd, 0);
		assert_met(fd, FACT_KNOWN, 0, 0);
	}
}

static void what_is_no_socket(void **state)
{
	int fds[2];

	(void)state;
	assert_return_code(pipe(fds), errno);
	errno = 4711;
	assert_int_equal(sockets_meet(fds[0]), 0);
	assert_int_equal(sockets_meet(-1), 0);
	assert_int_equal(sockets_meet(99999), 0);
	assert_int_equal(sockets_meet(INT32_MAX), 0);
	assert_int_equal(errno, 4711);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v4_wildcard),
		cmocka_unit_test(v6_wildcard),
		cmocka_unit_test(dual_stack_wildcard),
		cmocka_unit_test(udplite_wildcard),
		cmocka_unit_test(bound_to_an_address),
		cmocka_unit_test(connected),
		cmocka_unit_test(not_bound),
		cmocka_unit_test(reports_that_are_on),
		cmocka_unit_test(reports_that_are_marked),
		cmocka_unit_test(a_duplicate),
		cmocka_unit_test(what_is_no_udp_socket),
		cmocka_unit_test(what_is_no_socket),
	};

	return cmocka_run_group_tests_name("sockets", tests, start, NULL);
}
