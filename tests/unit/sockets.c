/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocol of a socket for the rules, and the queries to the kernel about it. */
#include "sockets/sockets.h"

#include "unit.h"

#include <errno.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static enum rules_protocol protocol_of(int domain, int type, int protocol)
{
	const struct kind kind = {domain, type, protocol};

	return sockets_protocol(&kind);
}

static void kinds_of_tcp_are_tcp(void **state)
{
	static const int domains[] = {AF_INET, AF_INET6};

	(void)state;
	for (size_t i = 0; i < LENGTH(domains); i++) {
		assert_int_equal(protocol_of(domains[i], SOCK_STREAM, 0), RULES_TCP);
		assert_int_equal(protocol_of(domains[i], SOCK_STREAM, IPPROTO_TCP), RULES_TCP);
		assert_int_equal(protocol_of(domains[i], SOCK_STREAM, IPPROTO_MPTCP), RULES_TCP);
	}
}

static void kinds_of_udp_are_udp(void **state)
{
	static const int domains[] = {AF_INET, AF_INET6};

	(void)state;
	for (size_t i = 0; i < LENGTH(domains); i++) {
		assert_int_equal(protocol_of(domains[i], SOCK_DGRAM, 0), RULES_UDP);
		assert_int_equal(protocol_of(domains[i], SOCK_DGRAM, IPPROTO_UDP), RULES_UDP);
		assert_int_equal(protocol_of(domains[i], SOCK_DGRAM, IPPROTO_UDPLITE), RULES_UDP);
	}
}

static void the_rest_is_neither(void **state)
{
	(void)state;
	assert_int_equal(protocol_of(AF_INET6, SOCK_STREAM, IPPROTO_SCTP), RULES_OTHER);
	assert_int_equal(protocol_of(AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP), RULES_OTHER);
	assert_int_equal(protocol_of(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6), RULES_OTHER);
	assert_int_equal(protocol_of(AF_INET, SOCK_RAW, IPPROTO_UDP), RULES_OTHER);
	assert_int_equal(protocol_of(AF_UNIX, SOCK_STREAM, 0), RULES_OTHER);
	assert_int_equal(protocol_of(AF_UNIX, SOCK_DGRAM, 0), RULES_OTHER);
}

static void all_that_have_ports_are_listeners(void **state)
{
	static const struct kind with[] = {
		{AF_INET6, SOCK_STREAM, IPPROTO_TCP},
		{AF_INET6, SOCK_DGRAM, IPPROTO_UDP},
		{AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP},
		{AF_INET6, SOCK_DCCP, IPPROTO_DCCP},
	};
	static const struct kind without = {AF_INET6, SOCK_RAW, IPPROTO_ICMPV6};

	(void)state;
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		assert_true(sockets_is_listener(&with[i]));
	assert_false(sockets_is_listener(&without));
}

/* Duplicates are one socket; no two sockets are. */
static void an_identity_is_the_sockets_own(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), other = socket(AF_INET, SOCK_DGRAM, 0);
	int duplicate = dup(fd);
	uint32_t identity = sockets_get_id(fd);

	(void)state;
	assert_true(fd >= 0 && other >= 0 && duplicate >= 0);
	errno = 4711;
	if (identity == 0)
		skip();
	assert_int_equal(sockets_get_id(duplicate), identity);
	assert_int_not_equal(sockets_get_id(other), identity);
	assert_int_equal(sockets_get_id(-1), 0);
	assert_int_equal(errno, 4711);
	close(fd);
	close(other);
	close(duplicate);
}

/* The flags of a socket agree with the kernel. */
static void a_nature_is_found_from_flags(void **state)
{
	static const struct {
		uint32_t flags;
		struct kind kind;
	} cases[] = {
		{FD_INET | FD_UDP, {AF_INET, SOCK_DGRAM, IPPROTO_UDP}},
		{FD_INET | FD_INET6 | FD_UDP, {AF_INET6, SOCK_DGRAM, IPPROTO_UDP}},
		{FD_INET | FD_UDP | FD_UDPLITE, {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE}},
		{FD_INET | FD_TCP, {AF_INET, SOCK_STREAM, IPPROTO_TCP}},
		{FD_INET | FD_INET6 | FD_TCP, {AF_INET6, SOCK_STREAM, IPPROTO_TCP}},
	};
	struct kind found;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_true(sockets_find_kind(-1, cases[i].flags, &found));
		assert_memory_equal(&found, &cases[i].kind, sizeof(found));
	}
	assert_false(sockets_find_kind(-1, FD_CLASSIFIED, &found));
}

static void protocols_have_their_names(void **state)
{
	static const struct {
		int protocol;
		const char *name;
	} cases[] = {{IPPROTO_TCP, "tcp"}, {IPPROTO_MPTCP, "mptcp"}, {IPPROTO_UDP, "udp"},
		{IPPROTO_UDPLITE, "udplite"}, {IPPROTO_SCTP, "sctp"}, {IPPROTO_DCCP, "dccp"},
		{IPPROTO_RAW, "socket"}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct kind kind = {.domain = AF_INET6, .protocol = cases[i].protocol};

		assert_string_equal(sockets_protocol_name(&kind), cases[i].name);
	}
}

static void v6only_is_as_the_kernel_has_it(void **state)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	if (fd < 0)
		skip(); /* no IPv6 */
	for (int on = 1; on >= 0; on--) {
		assert_true(sockets_set_v6only(fd, on));
		assert_int_equal(sockets_is_v6only(fd), on);
	}
	close(fd);
}

/* All of these fail in the kernel. */
static void errno_is_kept(void **state)
{
	struct endpoint local;
	struct kind kind;
	char device[IFNAMSIZ];

	(void)state;
	errno = 4711;
	assert_false(sockets_get_local(-1, &local));
	assert_false(sockets_get_kind(-1, &kind));
	assert_false(sockets_get_device(-1, device));
	assert_false(sockets_is_connected(-1));
	assert_false(sockets_is_v6only(-1));
	assert_false(sockets_set_v6only(-1, true));
	assert_false(sockets_are_filtered(-1));
	assert_int_equal(errno, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_tcp_are_tcp),
		cmocka_unit_test(kinds_of_udp_are_udp),
		cmocka_unit_test(the_rest_is_neither),
		cmocka_unit_test(all_that_have_ports_are_listeners),
		cmocka_unit_test(an_identity_is_the_sockets_own),
		cmocka_unit_test(a_nature_is_found_from_flags),
		cmocka_unit_test(protocols_have_their_names),
		cmocka_unit_test(v6only_is_as_the_kernel_has_it),
		cmocka_unit_test(errno_is_kept),
	};

	return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
