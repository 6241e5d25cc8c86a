/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses of both families in one form: conversion from the kernel's structures and back, the
 * kind of an address, and its text.
 */
#include "sockets/address.h"

#include "unit.h"

#include <arpa/inet.h>

static struct address v6(const char *text)
{
	struct in6_addr addr;

	assert_int_equal(inet_pton(AF_INET6, text, &addr), 1);
	return address_from_v6(&addr);
}

static struct address v4(const char *text)
{
	struct in_addr addr;

	assert_int_equal(inet_pton(AF_INET, text, &addr), 1);
	return address_from_v4(addr);
}

static void ipv4_is_v4_mapped(void **state)
{
	struct address plain = v4("192.0.2.1"), mapped = v6("::ffff:192.0.2.1");
	struct address other = v6("::ffff:192.0.2.2");

	(void)state;
	assert_true(address_is_equal(&plain, &mapped));
	assert_false(address_is_equal(&plain, &other));
	assert_true(address_is_v4(&mapped));
	assert_int_equal(address_to_v4(&mapped).s_addr, htonl(0xc0000201));
}

static void ipv6_comes_out_as_it_went_in(void **state)
{
	struct in6_addr in, out;
	struct address addr;

	(void)state;
	inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", &in);
	addr = address_from_v6(&in);
	out = address_to_v6(&addr);
	assert_memory_equal(&out, &in, sizeof(in));
	assert_false(address_is_v4(&addr));
}

static void only_v4_mapped_is_ipv4(void **state)
{
	static const char *const others[] = {"::", "::1", "::192.0.2.1", "64:ff9b::192.0.2.1",
		"::fffe:192.0.2.1", "1::ffff:192.0.2.1", "0:1::ffff:192.0.2.1",
		"::ffff:0:192.0.2.1"};

	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++) {
		struct address addr = v6(others[i]);

		assert_false(address_is_v4(&addr));
	}
}

static void tells_wildcards(void **state)
{
	struct address any6 = v6("::"), any4 = v4("0.0.0.0"), one6 = v6("::1"),
		       one4 = v4("0.0.0.1");

	(void)state;
	assert_true(address_is_v6_wildcard(&any6));
	assert_false(address_is_v6_wildcard(&any4));
	assert_true(address_is_wildcard(&any6));
	assert_true(address_is_wildcard(&any4));
	assert_false(address_is_wildcard(&one6));
	assert_false(address_is_wildcard(&one4));
}

static void tells_groups(void **state)
{
	static const struct {
		const char *text;
		bool is_group;
	} cases[] = {{"ff02::1", true}, {"ff0e::101", true}, {"ffff::", true}, {"fe80::1", false},
		{"2001:db8::ff02", false}, {"::", false}, {"::ffff:224.0.0.1", true},
		{"::ffff:239.255.255.255", true}, {"::ffff:240.0.0.1", false},
		{"::ffff:223.255.255.255", false}, {"::ffff:255.255.255.255", true},
		{"::ffff:192.0.2.255", false}, {"::ffff:1.0.0.224", false},
		{"::ffff:255.0.0.0", false}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct address addr = v6(cases[i].text);

		assert_int_equal(address_is_group(&addr), cases[i].is_group);
	}
}

static void tells_link_local(void **state)
{
	static const struct {
		const char *text;
		bool is_link_local;
	} cases[] = {{"fe80::1", true}, {"fe80::", true}, {"febf:ffff::1", true},
		{"fec0::1", false}, {"fe7f::1", false}, {"ff02::1", false}, {"::fe80", false},
		{"::ffff:169.254.0.1", false}, {"2001:db8::1", false}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct address addr = v6(cases[i].text);

		assert_int_equal(address_is_link_local(&addr), cases[i].is_link_local);
	}
}

/* The structures of both families, with a value in every field. */
static struct sockaddr_in in_of(sa_family_t family)
{
	return (struct sockaddr_in){
		.sin_family = family,
		.sin_port = htons(53),
		.sin_addr.s_addr = htonl(0xc0000201),
		.sin_zero = {1, 2, 3, 4, 5, 6, 7, 8},
	};
}

static struct sockaddr_in6 in6_of(const char *text)
{
	struct address addr = v6(text);

	return (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = htons(53),
		.sin6_flowinfo = htonl(0x12345),
		.sin6_addr = address_to_v6(&addr),
		.sin6_scope_id = 5,
	};
}

static bool read_in(const struct sockaddr_in *sin, socklen_t len, struct endpoint *ret)
{
	return endpoint_from_sockaddr((const struct sockaddr *)sin, len, ret);
}

static bool read_in6(const struct sockaddr_in6 *sin6, socklen_t len, struct endpoint *ret)
{
	return endpoint_from_sockaddr((const struct sockaddr *)sin6, len, ret);
}

static void reads_ipv4(void **state)
{
	static const sa_family_t families[] = {AF_INET, AF_UNSPEC};
	struct address expected = v4("192.0.2.1");

	(void)state;
	for (size_t i = 0; i < LENGTH(families); i++) {
		struct sockaddr_in sin = in_of(families[i]);
		struct endpoint end = {.scope = 77};

		assert_true(read_in(&sin, sizeof(sin), &end));
		assert_true(address_is_equal(&end.addr, &expected));
		assert_int_equal(end.port, htons(53));
		assert_int_equal(end.scope, 0);
	}
}

static void reads_ipv6_with_a_scope_for_link_local_alone(void **state)
{
	static const struct {
		const char *text;
		uint32_t scope;
	} cases[] = {{"fe80::1", 5}, {"2001:db8::1", 0}, {"::", 0}, {"::ffff:192.0.2.1", 0},
		{"ff02::1", 0}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sockaddr_in6 sin6 = in6_of(cases[i].text);
		struct address expected = v6(cases[i].text);
		struct endpoint end = {.scope = 77};

		assert_true(read_in6(&sin6, sizeof(sin6), &end));
		assert_true(address_is_equal(&end.addr, &expected));
		assert_int_equal(end.port, htons(53));
		assert_int_equal(end.scope, cases[i].scope);
	}
}

static void takes_the_lengths_that_the_kernel_takes(void **state)
{
	struct sockaddr_in sin = in_of(AF_INET);
	struct sockaddr_in6 sin6 = in6_of("fe80::1");
	struct sockaddr_storage larger;
	struct endpoint end;

	(void)state;
	memset(&larger, 0, sizeof(larger));
	memcpy(&larger, &sin6, sizeof(sin6));
	for (socklen_t len = 0; len < sizeof(sin); len++)
		assert_false(read_in(&sin, len, &end));
	for (socklen_t len = 0; len < sizeof(sin6) - sizeof(uint32_t); len++)
		assert_false(read_in6(&sin6, len, &end));
	/* RFC 2133's structure, and lengths between the two: no scope ID. */
	for (socklen_t len = sizeof(sin6) - sizeof(uint32_t); len < sizeof(sin6); len++) {
		assert_true(read_in6(&sin6, len, &end));
		assert_int_equal(end.scope, 0);
	}
	assert_true(endpoint_from_sockaddr((struct sockaddr *)&larger, sizeof(larger), &end));
	assert_int_equal(end.scope, 5);
}

/* At the end of a page, so reading one byte too many faults. */
static void reads_no_byte_past_the_length(void **state)
{
	unsigned char *end = guarded_end();
	struct sockaddr_in6 sin6 = in6_of("fe80::1");
	struct endpoint ignored;

	(void)state;
	for (socklen_t len = 0; len <= sizeof(sin6); len += sizeof(uint32_t)) {
		memcpy(end - len, &sin6, len);
		endpoint_from_sockaddr((struct sockaddr *)(end - len), len, &ignored);
	}
	guarded_free(end);
}

static void other_families_are_none(void **state)
{
	static const sa_family_t families[] = {AF_UNIX, AF_NETLINK, AF_PACKET, 0xffff};
	struct endpoint before = {.addr = v4("192.0.2.9"), .scope = 9, .port = 9}, end = before;
	struct sockaddr_storage other;

	(void)state;
	memset(&other, 0, sizeof(other));
	for (size_t i = 0; i < LENGTH(families); i++) {
		other.ss_family = families[i];
		assert_false(
			endpoint_from_sockaddr((struct sockaddr *)&other, sizeof(other), &end));
	}
	assert_true(address_is_equal(&end.addr, &before.addr));
	assert_int_equal(end.scope, before.scope);
	assert_int_equal(end.port, before.port);
}

static void assert_text(struct address addr, uint32_t scope, uint16_t port, const char *expected)
{
	struct endpoint end = {.addr = addr, .scope = scope, .port = htons(port)};
	char text[ENDPOINT_TEXT];

	assert_ptr_equal(endpoint_format(&end, text), text);
	assert_string_equal(text, expected);
}

static void formats_endpoints(void **state)
{
	(void)state;
	assert_text(v4("192.0.2.1"), 0, 53, "192.0.2.1:53");
	assert_text(v4("0.0.0.0"), 0, 0, "0.0.0.0:0");
	assert_text(v4("255.255.255.255"), 0, 65535, "255.255.255.255:65535");
	assert_text(v6("::ffff:192.0.2.1"), 0, 53, "192.0.2.1:53");
	assert_text(v6("2001:db8::1"), 0, 53, "[2001:db8::1]:53");
	assert_text(v6("::"), 0, 123, "[::]:123");
	assert_text(v6("fe80::1"), 2, 53, "[fe80::1%2]:53");
}

/* The longest possible texts fit. */
static void formats_the_longest(void **state)
{
	(void)state;
	assert_text(v6("fe80:1111:2222:3333:4444:5555:6666:7777"), UINT32_MAX, 65535,
		"[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535");
}

static void formats_addresses(void **state)
{
	struct address plain = v4("192.0.2.1"), six = v6("fe80::1");
	char text[ENDPOINT_TEXT];

	(void)state;
	assert_string_equal(address_format(&plain, text), "192.0.2.1");
	assert_string_equal(address_format(&six, text), "fe80::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_v4_mapped),
		cmocka_unit_test(ipv6_comes_out_as_it_went_in),
		cmocka_unit_test(only_v4_mapped_is_ipv4),
		cmocka_unit_test(tells_wildcards),
		cmocka_unit_test(tells_groups),
		cmocka_unit_test(tells_link_local),
		cmocka_unit_test(reads_ipv4),
		cmocka_unit_test(reads_ipv6_with_a_scope_for_link_local_alone),
		cmocka_unit_test(takes_the_lengths_that_the_kernel_takes),
		cmocka_unit_test(reads_no_byte_past_the_length),
		cmocka_unit_test(other_families_are_none),
		cmocka_unit_test(formats_endpoints),
		cmocka_unit_test(formats_the_longest),
		cmocka_unit_test(formats_addresses),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
