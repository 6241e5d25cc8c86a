/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How each call of a program classifies its UDP socket, as a table of decisions, without system
 * calls or sockets. A process reads the rules once, so each set of rules has its own child.
 */
#include "sockets/classify.h"

#include "libc/platform.h"

#include "unit.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { UDP = FD_CLASSIFIED | FD_INET | FD_UDP, FRESH = UDP | FD_MAY_FOLLOW };
enum { SERVER = FRESH | FD_BOUND | FD_CANDIDATE, FROM_KERNEL = FD_KERNEL_PORT };

static uint32_t new_socket(int domain, int type, int protocol)
{
	const struct kind kind = {domain, type, protocol};

	return classify_new(&kind);
}

static uint32_t bound(uint32_t flags, const char *text, uint16_t port)
{
	struct endpoint local = {.port = htons(port)};
	struct in6_addr addr;

	inet_pton(AF_INET6, text, &addr);
	local.addr = address_from_v6(&addr);
	return classify_bound(flags, &local);
}

#define V4_ANY "::ffff:0.0.0.0"

static void a_new_socket_is_its_nature(void **state)
{
	(void)state;
	assert_int_equal(new_socket(AF_INET, SOCK_DGRAM, 0), FRESH);
	assert_int_equal(new_socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP), FRESH | FD_INET6);
	assert_int_equal(new_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE), FRESH | FD_UDPLITE);
	assert_int_equal(new_socket(AF_INET, SOCK_STREAM, 0), FD_CLASSIFIED | FD_INET | FD_TCP);
	assert_int_equal(new_socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
		FD_CLASSIFIED | FD_INET | FD_INET6 | FD_TCP);
	/* By these flags alone it would be TCP. */
	assert_int_equal(new_socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), FD_CLASSIFIED | FD_INET);
	assert_int_equal(new_socket(AF_INET, SOCK_RAW, IPPROTO_UDP), FD_CLASSIFIED | FD_INET);
	assert_int_equal(new_socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), FD_CLASSIFIED | FD_INET);
	assert_int_equal(new_socket(AF_UNIX, SOCK_DGRAM, 0), FD_CLASSIFIED);
}

static void bound_to_a_wildcard_it_is_a_candidate(void **state)
{
	(void)state;
	assert_int_equal(bound(FRESH, V4_ANY, 53), SERVER);
	assert_int_equal(bound(FRESH, "::", 53), SERVER);
	assert_int_equal(bound(FRESH, V4_ANY, 0), SERVER | FROM_KERNEL);
	/* Flags from earlier calls stay, and so does the verdict of a first send. */
	assert_int_equal(bound(FRESH | FD_APP_FLAGS, "::", 53), (uint32_t)(SERVER | FD_APP_FLAGS));
	assert_int_equal(bound(FRESH | FD_LEFT_ALONE, "::", 53), UDP | FD_BOUND | FD_LEFT_ALONE);
}

static void bound_elsewhere_it_is_not(void **state)
{
	(void)state;
	assert_int_equal(bound(FRESH, "::ffff:192.0.2.1", 53), UDP | FD_BOUND);
	assert_int_equal(bound(FRESH, "2001:db8::1", 53), UDP | FD_BOUND);
	assert_int_equal(bound(FRESH, "2001:db8::1", 0), UDP | FD_BOUND | FROM_KERNEL);
	assert_int_equal(bound(FRESH, "ff02::1", 53), UDP | FD_BOUND);
	assert_int_equal(fd_flags_derive(bound(FRESH, "::1", 53)), UDP | FD_BOUND);
}

static void who_sends_first_from_a_kernels_port_is_a_client(void **state)
{
	enum { CLIENT = FD_BOUND | FROM_KERNEL | FD_LEFT_ALONE };
	uint32_t own = bound(FRESH, V4_ANY, 53), from_kernel = bound(FRESH, V4_ANY, 0);

	(void)state;
	assert_int_equal(classify_sent_first(FRESH), FRESH | CLIENT);
	assert_int_equal(classify_sent_first(from_kernel), SERVER | CLIENT);
	/* A port that the program chose is a server's, even if it sends first. */
	assert_int_equal(classify_sent_first(own), own);
	/* A socket that has received before is not a client's. */
	assert_int_equal(classify_sent_first(from_kernel | FD_WATCHED), from_kernel | FD_WATCHED);
	assert_int_equal(fd_flags_derive(classify_sent_first(FRESH)), FRESH | CLIENT);
}

static void a_connected_socket_comes_back(void **state)
{
	static const uint32_t stays[] = {
		SERVER, SERVER | FD_WATCHED, SERVER | FD_WATCHED | FD_APP_FLAGS, UDP | FD_BOUND};

	(void)state;
	for (size_t i = 0; i < LENGTH(stays); i++) {
		uint32_t connected = classify_connected(stays[i]);

		assert_int_equal(connected, stays[i] | FD_CONNECTED);
		assert_int_equal(fd_flags_derive(connected), connected);
		assert_int_equal(classify_disconnected(connected), stays[i]);
	}
}

/* AF_UNSPEC releases an ephemeral port: the socket is as when it was new. */
static void without_a_port_it_is_new_again(void **state)
{
	static const uint32_t unbound[] = {FRESH, FRESH | FD_BOUND | FROM_KERNEL | FD_LEFT_ALONE,
		SERVER | FROM_KERNEL | FD_HAS_FOLLOWED, SERVER | FROM_KERNEL | FD_LEFT_ALONE};

	(void)state;
	for (size_t i = 0; i < LENGTH(unbound); i++) {
		uint32_t flags = classify_disconnected(classify_connected(unbound[i]));

		assert_int_equal(flags, FRESH);
	}
}

static void who_follows_is_a_server(void **state)
{
	uint32_t followed = SERVER | FROM_KERNEL | FD_HAS_FOLLOWED;
	uint32_t from_kernel = bound(FRESH, V4_ANY, 0);
	uint32_t specific = bound(FRESH, "2001:db8::1", 69);

	(void)state;
	assert_int_equal(classify_followed(FRESH), followed);
	assert_int_equal(classify_followed(from_kernel), from_kernel | FD_HAS_FOLLOWED);
	assert_int_equal(classify_followed(specific), specific | FD_CANDIDATE | FD_HAS_FOLLOWED);
	/* Its next receive watches it, and a send before that does not make it a client. */
	assert_true(fd_flags_derive(followed) & FD_UNDECIDED);
	assert_int_equal(classify_sent_first(followed), followed);
}

static void an_egress_of_its_own_is_no_matter_here(void **state)
{
	(void)state;
	assert_int_equal(bound(FRESH | FD_APP_EGRESS, V4_ANY, 53), SERVER | FD_APP_EGRESS);
	/* Except an option that a source would override. */
	assert_int_equal(fd_flags_derive(bound(FRESH | FD_APP_UNICAST_IF, "::", 53)),
		SERVER | FD_APP_UNICAST_IF);
}

/* ---- The rules ---------------------------------------------------------------------------------
 */

static bool wants_replies(uint16_t port)
{
	return bound(new_socket(AF_INET, SOCK_DGRAM, 0), V4_ANY, port) & FD_CANDIDATE;
}

static bool may_follow(void)
{
	return new_socket(AF_INET, SOCK_DGRAM, 0) & FD_MAY_FOLLOW;
}

/* An unbound socket may answer for another, so a rule for other ports does not apply to it, nor
 * does the first keyword. */
static int one_port_is_on(void)
{
	setenv("BINDRIGHT_REPLY", "off,udp/53=on", 1);
	CHECK(wants_replies(53));
	CHECK(!wants_replies(54) && !wants_replies(0) && !wants_replies(13568));
	CHECK(may_follow());
	/* A socket that is left alone does not follow another, unless its port is ephemeral. */
	CHECK(bound(FRESH, V4_ANY, 54) == (UDP | FD_BOUND));
	CHECK(bound(FRESH, V4_ANY, 0) == (FRESH | FD_BOUND | FROM_KERNEL));
	CHECK(classify_followed(FRESH) == (SERVER | FROM_KERNEL | FD_HAS_FOLLOWED));
	return 0;
}

static int one_port_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/53=off", 1);
	CHECK(!wants_replies(53) && wants_replies(54) && wants_replies(0));
	CHECK(may_follow());
	return 0;
}

static int port_0_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/0=off", 1);
	CHECK(wants_replies(53) && !wants_replies(0));
	CHECK(!may_follow());
	return 0;
}

static int all_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "off,udp/0=off,udp/53=off", 1);
	CHECK(!wants_replies(53) && !wants_replies(0) && !may_follow());
	CHECK(new_socket(AF_INET, SOCK_DGRAM, 0) == (UDP | FD_LEFT_ALONE));
	CHECK(classify_disconnected(FRESH | FD_CONNECTED) == (UDP | FD_LEFT_ALONE));
	return 0;
}

static int following_is_off(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/0=on", 1);
	setenv("BINDRIGHT_FOLLOW", "off", 1);
	CHECK(wants_replies(53) && wants_replies(0) && !may_follow());
	CHECK(bound(UDP, V4_ANY, 53) == (UDP | FD_BOUND | FD_CANDIDATE));
	return 0;
}

static int one_port_is_by_interface(void)
{
	setenv("BINDRIGHT_REPLY", "on,udp/53=interface", 1);
	CHECK(bound(FRESH, V4_ANY, 53) == (SERVER | FD_INTERFACE));
	CHECK(bound(FRESH, V4_ANY, 54) == SERVER);
	CHECK(classify_followed(FRESH) == (SERVER | FROM_KERNEL | FD_HAS_FOLLOWED));
	return 0;
}

static int all_is_by_interface(void)
{
	setenv("BINDRIGHT_REPLY", "interface,udp/53=off", 1);
	CHECK(!wants_replies(53));
	CHECK(bound(FRESH, V4_ANY, 54) == (SERVER | FD_INTERFACE));
	CHECK(classify_followed(FRESH) == (SERVER | FROM_KERNEL | FD_HAS_FOLLOWED | FD_INTERFACE));
	return 0;
}

static void rules_say_whose_replies_are_wanted(void **state)
{
	static int (*const bodies[])(void) = {one_port_is_on, one_port_is_off, port_0_is_off,
		all_is_off, following_is_off, one_port_is_by_interface, all_is_by_interface};

	(void)state;
	for (size_t i = 0; i < LENGTH(bodies); i++)
		assert_int_equal(run_in_child(bodies[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* Before this process has read its settings. */
		cmocka_unit_test(rules_say_whose_replies_are_wanted),
		cmocka_unit_test(a_new_socket_is_its_nature),
		cmocka_unit_test(bound_to_a_wildcard_it_is_a_candidate),
		cmocka_unit_test(bound_elsewhere_it_is_not),
		cmocka_unit_test(who_sends_first_from_a_kernels_port_is_a_client),
		cmocka_unit_test(a_connected_socket_comes_back),
		cmocka_unit_test(without_a_port_it_is_new_again),
		cmocka_unit_test(who_follows_is_a_server),
		cmocka_unit_test(an_egress_of_its_own_is_no_matter_here),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
