/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which sockets of the process can share a port, how their SO_REUSEPORT changes meanwhile, and the
 * lock. The sockets are real, on ephemeral ports.
 */
#include "listeners/share.h"

#include "bound.h"

#include "sockets/fd_flags.h"

#include <signal.h>

/* A socket whose creation the library has seen. */
static int open_seen(const struct kind *kind, in_port_t *ret_port)
{
	int fd = open_bound(kind, ret_port);

	fd_flags_set(fd, FD_CLASSIFIED | FD_INET);
	errno = 77;
	return fd;
}

static void finds_the_socket_that_has_the_port(void **state)
{
	in_port_t port;
	int fd = open_seen(&tcp4, &port);

	(void)state;
	assert_int_equal(share_find(AF_INET, &tcp4, port, -1), fd);
	assert_int_equal(share_find(AF_INET, &tcp6, port, -1), fd);
	assert_int_equal(share_find(AF_INET, &tcp4, port, fd), -1);
	assert_int_equal(share_find(AF_INET, &udp4, port, -1), -1);
	assert_int_equal(share_find(AF_INET, &sctp4, port, -1), -1);
	assert_int_equal(share_find(AF_INET6, &tcp4, port, -1), -1);
	assert_int_equal(share_find(AF_INET, &tcp4, htons((uint16_t)(ntohs(port) + 1)), -1), -1);
	close(fd);
	errno = 77;
	/* Now its flags are stale. */
	assert_int_equal(share_find(AF_INET, &tcp4, port, -1), -1);
}

static void a_v6only_socket_leaves_ipv4_free(void **state)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	in_port_t port;
	int dual = open_seen(&tcp6, &port), only = open_socket(&tcp6);

	(void)state;
	fd_flags_set(only, FD_CLASSIFIED | FD_INET);
	assert_true(sockets_set_v6only(only, true));
	assert_return_code(bind(only, (const struct sockaddr *)&any, sizeof(any)), errno);
	errno = 77;
	assert_int_equal(share_find(AF_INET6, &tcp6, port, -1), dual);
	assert_int_equal(share_find(AF_INET6, &tcp6, port_of(only), -1), -1);
	close(dual);
	close(only);
}

static void a_specific_address_is_not_a_wildcard(void **state)
{
	struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = open_socket(&tcp4);

	(void)state;
	fd_flags_set(fd, FD_CLASSIFIED | FD_INET);
	assert_return_code(bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)), errno);
	assert_int_equal(share_find(AF_INET, &tcp4, port_of(fd), -1), -1);
	close(fd);
}

static bool has_reuse_port(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_return_code(getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, &len), errno);
	return value != 0;
}

static void both_have_reuse_port_until_the_end(void **state)
{
	in_port_t port;
	int dual = open_seen(&udp6, &port), fd = open_socket(&udp4);
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = port};
	struct share share;

	(void)state;
	setsockopt(dual, SOL_SOCKET, SO_REUSEADDR, &(int){0}, sizeof(int));
	assert_int_not_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	errno = 77;
	assert_true(share_begin(fd, &udp4, port, &share));
	assert_int_equal(share.fd, dual);
	assert_true(has_reuse_port(fd) && has_reuse_port(dual));
	assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	share_end(fd, &share);
	assert_false(has_reuse_port(fd) || has_reuse_port(dual));
	/* What the program itself has set stays. */
	close(fd);
	fd = open_socket(&udp4);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	assert_true(share_begin(fd, &udp4, port, &share));
	share_end(fd, &share);
	assert_true(has_reuse_port(fd) && !has_reuse_port(dual));
	close(dual);
	close(fd);
}

static in_port_t dual_port;

static bool can_begin(int fd, struct share *share)
{
	return share_begin(fd, &udp4, dual_port, share);
}

static int try_to_begin(void)
{
	struct share share;
	int fd = open_socket(&udp4);

	return can_begin(fd, &share);
}

static int begin_and_die(void)
{
	struct share share;

	CHECK(can_begin(open_socket(&udp4), &share));
	return 0;
}

static void one_at_a_time(void **state)
{
	int dual = open_seen(&udp6, &dual_port), fd = open_socket(&udp4);
	struct share share, other;

	(void)state;
	assert_true(can_begin(fd, &share));
	assert_false(can_begin(fd, &other));
	assert_int_equal(run_in_child(try_to_begin), false);
	share_end(fd, &share);
	/* So is it where there is nothing to share. */
	assert_false(share_begin(fd, &udp4, htons(1), &share));
	/* A process that dies with the lock releases it. */
	assert_int_equal(run_in_child(begin_and_die), 0);
	errno = 77;
	assert_true(can_begin(fd, &share));
	share_end(fd, &share);
	close(dual);
	close(fd);
}

static void a_third_socket_prevents_sharing(void **state)
{
	int dual = open_seen(&udp6, &dual_port), fd = open_socket(&udp4), third;
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = dual_port};
	struct share share;

	(void)state;
	assert_true(can_begin(fd, &share));
	third = open_socket(&udp4);
	setsockopt(third, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	assert_int_equal(bind(third, (const struct sockaddr *)&any, sizeof(any)), 0);
	share_end(fd, &share);
	assert_false(can_begin(fd, &share));
	close(dual);
	close(fd);
	close(third);
}

static int start(void **state)
{
	(void)state;
	share_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_the_socket_that_has_the_port),
		TEST(a_v6only_socket_leaves_ipv4_free),
		TEST(a_specific_address_is_not_a_wildcard),
		TEST(both_have_reuse_port_until_the_end),
		TEST(one_at_a_time),
		TEST(a_third_socket_prevents_sharing),
	};

	return cmocka_run_group_tests_name("share", tests, start, NULL);
}
