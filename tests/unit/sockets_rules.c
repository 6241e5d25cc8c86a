/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a socket is to the rules: its protocol, and whether its replies are looked after. */
#include "sys/sockets.h"

#include "unit.h"

#include <stdlib.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static enum rules_protocol protocol_of(int domain, int type, int protocol)
{
	const struct nature nature = {domain, type, protocol};

	return sockets_protocol(&nature);
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

static bool wants_replies(uint16_t port)
{
	const struct nature nature = {AF_INET, SOCK_DGRAM, 0};
	const struct endpoint local = {
		.addr = address_from_v4((struct in_addr){INADDR_ANY}),
		.port = htons(port),
	};

	return sockets_wants_replies(&nature, &local);
}

static uint32_t facts_unbound(void)
{
	const struct nature nature = {AF_INET, SOCK_DGRAM, 0};

	return sockets_facts_of_nature(&nature);
}

/* An unbound socket may be one that answers for another, so nothing is said of it by a rule that
 * names other ports, nor by the first word. */
static int follow_where_one_port_is_on(void)
{
	setenv("BINDRIGHT_REPLY", "off,udp/53=on", 1);
	CHECK(wants_replies(53));
	CHECK(!wants_replies(54) && !wants_replies(0) && !wants_replies(13568));
	CHECK(facts_unbound() & FACT_OPEN);
	return 0;
}

static int follow_where_one_port_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/53=off", 1);
	CHECK(!wants_replies(53));
	CHECK(wants_replies(54) && wants_replies(0));
	CHECK(facts_unbound() & FACT_OPEN);
	return 0;
}

static int do_not_follow_where_port_0_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/0=off", 1);
	CHECK(wants_replies(53) && !wants_replies(0));
	CHECK(!(facts_unbound() & FACT_OPEN));
	return 0;
}

static int do_not_follow_where_all_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "off,udp/0=off,udp/53=off", 1);
	CHECK(!wants_replies(53) && !wants_replies(0));
	return 0;
}

static int do_not_follow_where_that_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/0=on", 1);
	setenv("BINDRIGHT_FOLLOW", "off", 1);
	CHECK(wants_replies(53) && wants_replies(0));
	CHECK(!(facts_unbound() & FACT_OPEN));
	return 0;
}

static void rules_say_whose_replies_are_wanted(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(follow_where_one_port_is_on), 0);
	assert_int_equal(run_in_child(follow_where_one_port_is_off), 0);
	assert_int_equal(run_in_child(do_not_follow_where_port_0_is_off), 0);
	assert_int_equal(run_in_child(do_not_follow_where_all_is_off), 0);
	assert_int_equal(run_in_child(do_not_follow_where_that_is_off), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_tcp_are_tcp),
		cmocka_unit_test(kinds_of_udp_are_udp),
		cmocka_unit_test(the_rest_is_neither),
		cmocka_unit_test(rules_say_whose_replies_are_wanted),
	};

	return cmocka_run_group_tests_name("sockets_rules", tests, NULL, NULL);
}
