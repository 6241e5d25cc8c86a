/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which ports are noted, what of a note holds against the kernel, and the lock. The sockets are
 * real ones, on ports that the kernel chooses.
 */
#include "bound.h"

static void nothing_is_known_before_the_start(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	assert_false(ports_are_noted(PORTS_V4, RULES_TCP, port));
	assert_false(ports_lock());
	close(fd);
}

static void finds_what_is_bound_as_noted(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, fd), -1);
	assert_int_equal(ports_find(PORTS_V4, RULES_UDP, port, -1), -1);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, port, -1), -1);
	assert_int_equal(
		ports_find(PORTS_V4, RULES_TCP, htons((uint16_t)(ntohs(port) + 1)), -1), -1);
	close(fd);
	errno = 77;
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
}

static void a_note_of_what_is_not_so_is_nothing(void **state)
{
	in_port_t port, other_port;
	int bound = open_bound(&udp4, &port), unbound = open_socket(&tcp4);
	int other = open_bound(&tcp4, &other_port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, unbound);
	ports_note(PORTS_V4, RULES_TCP, port, NO_FD);
	ports_note(PORTS_V4, RULES_TCP, port, STDIN_FILENO);
	ports_note(PORTS_V4, RULES_TCP, port, other);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	/* Of another protocol than noted. */
	ports_note(PORTS_V4, RULES_TCP, port, bound);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_UDP, port, bound);
	assert_int_equal(ports_find(PORTS_V4, RULES_UDP, port, -1), bound);
	close(bound);
	close(unbound);
	close(other);
	errno = 77;
}

static void a_v6only_socket_has_no_side_of_ipv4(void **state)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	in_port_t port, only_port;
	int dual = open_bound(&tcp6, &port), only = open_socket(&tcp6);

	(void)state;
	assert_true(sockets_set_v6only(only, true));
	assert_return_code(bind(only, (const struct sockaddr *)&any, sizeof(any)), errno);
	only_port = port_of(only);
	errno = 77;
	ports_note(PORTS_DUAL, RULES_TCP, port, dual);
	ports_note(PORTS_DUAL, RULES_TCP, only_port, only);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, port, -1), dual);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_TCP, only_port, -1), -1);
	close(dual);
	close(only);
}

static void a_specific_address_is_no_side(void **state)
{
	struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = open_socket(&tcp4);

	(void)state;
	assert_return_code(bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)), errno);
	ports_note(PORTS_V4, RULES_TCP, port_of(fd), fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port_of(fd), -1), -1);
	close(fd);
}

/* A resolver binds thousands of ephemeral ports, one after the other. */
static void one_descriptor_pushes_nobody_out(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	for (uint16_t i = 1; i < 5000; i++)
		ports_note(PORTS_V4, RULES_UDP, htons(i), NO_FD);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	/* Many do; and then all is as if it had not been noted. */
	for (uint16_t i = 1; i < 5000; i++)
		ports_note(PORTS_V4, RULES_UDP, htons(i), NO_FD + i);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), -1);
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	close(fd);
}

static int note_and_go(void)
{
	ports_note(PORTS_V4, RULES_UDP, htons(1), NO_FD);
	return 0;
}

/* A server may fork a process that binds something for each of its clients. */
static void processes_that_are_gone_push_nobody_out(void **state)
{
	in_port_t port;
	int fd = open_bound(&tcp4, &port);

	(void)state;
	ports_note(PORTS_V4, RULES_TCP, port, fd);
	for (int i = 0; i < 600; i++)
		assert_int_equal(run_in_child(note_and_go), 0);
	assert_int_equal(ports_find(PORTS_V4, RULES_TCP, port, -1), fd);
	close(fd);
}

static int lock_and_go(void)
{
	CHECK(ports_lock());
	return 0;
}

static int try_to_lock(void)
{
	return ports_lock();
}

static void one_at_a_time_has_the_lock(void **state)
{
	(void)state;
	assert_true(ports_lock());
	assert_int_equal(run_in_child(try_to_lock), false);
	assert_false(ports_lock());
	ports_unlock();
	assert_true(ports_lock());
	ports_unlock();
}

static void whoever_dies_with_the_lock_has_it_no_more(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(lock_and_go), 0);
	assert_true(ports_lock());
	ports_unlock();
}

static int inherited_fd;
static in_port_t inherited_port;

static int look_at_inherited(void)
{
	CHECK(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1) == inherited_fd);
	CHECK(ports_are_noted(PORTS_DUAL, RULES_UDP, inherited_port));
	close(inherited_fd);
	CHECK(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1) == -1);
	return 0;
}

static void a_child_finds_what_it_has_inherited(void **state)
{
	(void)state;
	inherited_fd = open_bound(&udp6, &inherited_port);
	ports_note(PORTS_DUAL, RULES_UDP, inherited_port, inherited_fd);
	assert_false(ports_are_noted(PORTS_DUAL, RULES_UDP, inherited_port));
	assert_int_equal(run_in_child(look_at_inherited), 0);
	assert_int_equal(ports_find(PORTS_DUAL, RULES_UDP, inherited_port, -1), inherited_fd);
	close(inherited_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_before_the_start),
		TEST(finds_what_is_bound_as_noted),
		TEST(a_note_of_what_is_not_so_is_nothing),
		TEST(a_v6only_socket_has_no_side_of_ipv4),
		TEST(a_specific_address_is_no_side),
		TEST(one_descriptor_pushes_nobody_out),
		TEST(processes_that_are_gone_push_nobody_out),
		TEST(one_at_a_time_has_the_lock),
		TEST(whoever_dies_with_the_lock_has_it_no_more),
		TEST(a_child_finds_what_it_has_inherited),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
