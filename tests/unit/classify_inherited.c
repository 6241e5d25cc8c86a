/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Classifies inherited descriptors by what the kernel reports: the socket is unchanged, and flags
 * from calls that the library has seen are kept.
 */
#include "bound_udp.h"

enum { V4 = FD_CLASSIFIED | FD_INHERITED | FD_INET, V6 = V4 | FD_INET6 };
enum { SERVER = FD_UDP | FD_BOUND | FD_CANDIDATE | FD_MAY_FOLLOW };

/* Classifies fd, and checks its flags and whether its identity is read. */
static void assert_flags(int fd, uint32_t expected)
{
	unsigned int families = pktinfo_get_enabled(fd, BOTH, 0);
	struct tag before, after;
	uint32_t flags;

	tag_read(fd, &before);
	errno = 4711;
	flags = classify_inherited(fd);
	assert_int_equal(errno, 4711);
	if (flags != fd_flags_derive(expected))
		fail_msg("%#x, not %#x", flags, fd_flags_derive(expected));
	assert_int_equal(fd_flags(fd), flags);
	assert_int_equal(classify_inherited(fd), flags);
	if (flags & FD_LEARNS)
		assert_int_equal(fd_socket_id(fd), sockets_get_id(fd));
	assert_int_equal(pktinfo_get_enabled(fd, BOTH, 0), families);
	tag_read(fd, &after);
	assert_int_equal(after.app_rcvlowat, before.app_rcvlowat);
}

static void assert_and_close(int fd, uint32_t expected)
{
	assert_flags(fd, expected);
	fd_flags_set(fd, 0);
	close(fd);
}

static void wildcards_are_candidates(void **state)
{
	(void)state;
	assert_and_close(open_v4(), V4 | SERVER);
	assert_and_close(open_bound(AF_INET6, 0, true, false), V6 | SERVER);
	assert_and_close(open_bound(AF_INET6, 0, true, true), V6 | SERVER);
}

static void udplite_is_udp(void **state)
{
	(void)state;
	assert_and_close(
		open_bound(AF_INET, IPPROTO_UDPLITE, true, false), V4 | SERVER | FD_UDPLITE);
}

static void others_are_not(void **state)
{
	int fd = open_v4();

	(void)state;
	assert_and_close(open_bound(AF_INET, 0, false, false), V4 | FD_UDP | FD_BOUND);
	assert_and_close(open_bound(AF_INET6, 0, false, true), V6 | FD_UDP | FD_BOUND);
	/* connect fixes the local address too, which is then not a wildcard. */
	connect_to_loopback(fd);
	assert_and_close(fd, V4 | FD_UDP | FD_BOUND | FD_CONNECTED);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	fd_flags_set(fd, 0);
	assert_and_close(fd, V4 | FD_UDP | FD_MAY_FOLLOW);
}

static void a_tag_says_that_it_is_watched(void **state)
{
	int fd = open_v4();
	int other = dup(fd);

	(void)state;
	fd_flags_set(other, 0);
	watch_as_another(fd, PKTINFO_V4, 0);
	assert_and_close(fd, V4 | SERVER | FD_WATCHED);
	assert_and_close(other, V4 | SERVER | FD_WATCHED);

	fd = open_bound(AF_INET6, 0, true, false);
	watch_as_another(fd, BOTH, PKTINFO_V4);
	assert_and_close(fd, V6 | SERVER | FD_WATCHED | FD_APP_PKTINFO_V4);
}

/* Only in the child are the settings read. */
static int watched_where_replies_are_off(void)
{
	int fd = open_v4();

	setenv("BINDRIGHT_REPLY", "on,udp/1-65535=off", 1);
	watch_as_another(fd, PKTINFO_V4, 0);
	CHECK(classify_inherited(fd) ==
		fd_flags_derive(V4 | FD_UDP | FD_BOUND | FD_WATCHED | FD_LEFT_ALONE));
	return 0;
}

static void what_is_watched_and_cannot_learn_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(watched_where_replies_are_off), 0);
}

static void what_the_program_asked_for_is_seen(void **state)
{
	int fd = open_v4();

	(void)state;
	set_int(fd, SOL_SOCKET, SO_RCVLOWAT, 70000);
	assert_and_close(fd, V4 | SERVER | FD_APP_RCVLOWAT);
	/* PKTINFO without a tag was enabled by the program; watching checks that. */
	fd = open_v4();
	pktinfo_switch(fd, PKTINFO_V4, true);
	assert_and_close(fd, V4 | SERVER);
}

static void an_egress_of_its_own_is_seen(void **state)
{
	const struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
	int fd = open_v4();

	(void)state;
	assert_return_code(
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof(loopback)), errno);
	assert_and_close(fd, V4 | SERVER | FD_APP_EGRESS | FD_APP_MULTICAST_IF);
	fd = open_v4();
	set_int(fd, IPPROTO_IP, IP_UNICAST_IF, (int)htonl(1));
	assert_and_close(fd, V4 | SERVER | FD_APP_EGRESS);
	fd = open_bound(AF_INET6, 0, true, false);
	set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, (int)htonl(1));
	assert_and_close(fd, V6 | SERVER | FD_APP_EGRESS | FD_APP_UNICAST_IF);
	fd = open_v4();
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0)
		assert_flags(fd, V4 | SERVER | FD_APP_EGRESS);
	close(fd);
	fd = open_v4();
	fd_flags_set(fd, 0);
	if (setsockopt(fd, SOL_SOCKET, SO_MARK, &(int){7}, sizeof(int)) == 0)
		assert_flags(fd, V4 | SERVER | FD_APP_EGRESS);
	close(fd);
}

static void what_was_seen_is_kept(void **state)
{
	enum { SEEN = FD_APP_FLAGS & ~FD_APP_UNICAST_IF };
	int fd = open_v4();

	(void)state;
	fd_flags_set(fd, SEEN | FD_LEFT_ALONE | FD_CONNECTED);
	assert_and_close(fd, V4 | SERVER | SEEN);
}

static void what_is_no_udp_socket(void **state)
{
	static const int natures[][3] = {{AF_INET, SOCK_STREAM, FD_TCP | FD_INET},
		{AF_INET6, SOCK_STREAM, FD_TCP | FD_INET | FD_INET6}, {AF_UNIX, SOCK_DGRAM, 0},
		{AF_UNIX, SOCK_STREAM, 0}, {AF_NETLINK, SOCK_RAW, 0}};

	(void)state;
	for (size_t i = 0; i < LENGTH(natures); i++) {
		int fd = socket(natures[i][0], natures[i][1], 0);

		if (fd == -1)
			continue;
		fd_flags_set(fd, 0);
		assert_and_close(fd, FD_CLASSIFIED | FD_INHERITED | (uint32_t)natures[i][2]);
	}
}

static void what_is_no_socket(void **state)
{
	int fds[2];

	(void)state;
	assert_return_code(pipe(fds), errno);
	errno = 4711;
	assert_int_equal(classify_inherited(fds[0]), 0);
	assert_int_equal(classify_inherited(-1), 0);
	assert_int_equal(classify_inherited(99999), 0);
	assert_int_equal(classify_inherited(INT32_MAX), 0);
	assert_int_equal(errno, 4711);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* The others read this process's settings. */
		cmocka_unit_test(what_is_watched_and_cannot_learn_is_left_alone),
		cmocka_unit_test(wildcards_are_candidates),
		cmocka_unit_test(udplite_is_udp),
		cmocka_unit_test(others_are_not),
		cmocka_unit_test(a_tag_says_that_it_is_watched),
		cmocka_unit_test(what_the_program_asked_for_is_seen),
		cmocka_unit_test(an_egress_of_its_own_is_seen),
		cmocka_unit_test(what_was_seen_is_kept),
		cmocka_unit_test(what_is_no_udp_socket),
		cmocka_unit_test(what_is_no_socket),
	};

	return cmocka_run_group_tests_name("classify_inherited", tests, start, NULL);
}
