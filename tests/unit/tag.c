/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The socket tag: it belongs to the socket and not to the descriptor, returns what was set,
 * contains the program's own SO_RCVLOWAT, and does not change receiving.
 */
#include "sockets/tag.h"

#include "replies/pktinfo.h"
#include "sockets/sockets.h"

#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { BOTH = PKTINFO_V4 | PKTINFO_V6 };

static const struct kind natures[] = {
	{AF_INET, SOCK_DGRAM, 0},
	{AF_INET6, SOCK_DGRAM, 0},
	{AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE},
	{AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE},
};

/* Returns -1 if there are no such sockets. */
static int open_socket(const struct kind *kind)
{
	return socket(kind->domain, kind->type, kind->protocol);
}

static int low_water(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_return_code(getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &value, &len), errno);
	return value;
}

static bool write_tag(int fd, unsigned int families, int rcvlowat)
{
	const struct tag tag = {.app_families = families, .app_rcvlowat = rcvlowat};

	return tag_write(fd, &tag);
}

static void clear_tag(int fd, int rcvlowat)
{
	const struct tag tag = {.app_families = BOTH, .app_rcvlowat = rcvlowat};

	tag_clear(fd, &tag);
}

static void assert_tag(int fd, unsigned int families, int rcvlowat)
{
	struct tag found;

	assert_int_equal(tag_read(fd, &found), TAG_FOUND);
	assert_int_equal(found.app_families, families);
	assert_int_equal(found.app_rcvlowat, rcvlowat);
}

static void assert_no_tag(int fd, int rcvlowat)
{
	struct tag found = {.app_families = 77};

	assert_int_equal(tag_read(fd, &found), TAG_NONE);
	assert_int_equal(found.app_families, 0);
	assert_int_equal(found.app_rcvlowat, rcvlowat);
}

static void says_what_it_was_told(void **state)
{
	static const int values[] = {TAG_RCVLOWAT, 2, 3, 4, 1000, 0x8000, UINT16_MAX};

	(void)state;
	for (size_t i = 0; i < LENGTH(natures) * LENGTH(values); i++) {
		int fd = open_socket(&natures[i / LENGTH(values)]),
		    value = values[i % LENGTH(values)];

		if (fd == -1)
			continue;
		assert_no_tag(fd, TAG_RCVLOWAT);
		assert_true(tag_can_carry(value));
		for (unsigned int families = 0; families <= BOTH; families++) {
			assert_true(write_tag(fd, families, value));
			assert_tag(fd, families, value);
			assert_true(write_tag(fd, families, value));
			assert_tag(fd, families, value);
		}
		clear_tag(fd, value);
		assert_no_tag(fd, value);
		assert_int_equal(low_water(fd), value);
		close(fd);
	}
}

static void stands_on_the_socket(void **state)
{
	int fd = open_socket(&natures[0]);
	int other = dup(fd);

	(void)state;
	assert_true(fd >= 0 && other >= 0);
	assert_true(write_tag(fd, PKTINFO_V4, TAG_RCVLOWAT));
	assert_tag(other, PKTINFO_V4, TAG_RCVLOWAT);
	close(fd);
	assert_tag(other, PKTINFO_V4, TAG_RCVLOWAT);
	close(other);
}

static void what_does_not_fit_is_told(void **state)
{
	static const int values[] = {0, -1, UINT16_MAX + 1, INT_MAX, INT_MIN};

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++)
		assert_false(tag_can_carry(values[i]));
}

/* No plausible SO_RCVLOWAT of a program is taken for a tag. */
static void the_programs_values_are_no_tags(void **state)
{
	static const int values[] = {1, 2, 65536, 1 << 20, 64 << 20, 1 << 30, INT_MAX};
	int fd = open_socket(&natures[0]);

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		assert_return_code(
			setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &values[i], sizeof(int)), errno);
		assert_no_tag(fd, values[i]);
	}
	close(fd);
}

static void is_harmless_on_anything(void **state)
{
	int pair[2], fds[3] = {-1, 9999};
	struct tag found;

	(void)state;
	assert_return_code(pipe(pair), errno);
	fds[2] = pair[0];
	errno = 4711;
	for (size_t i = 0; i < LENGTH(fds); i++) {
		assert_false(write_tag(fds[i], BOTH, TAG_RCVLOWAT));
		assert_int_equal(tag_read(fds[i], &found), TAG_UNKNOWN);
		assert_int_equal(found.app_rcvlowat, TAG_RCVLOWAT);
		clear_tag(fds[i], TAG_RCVLOWAT);
	}
	assert_int_equal(errno, 4711);
	close(pair[0]);
	close(pair[1]);
}

static void knows_its_option(void **state)
{
	(void)state;
	assert_true(tag_is_option(SOL_SOCKET, SO_RCVLOWAT));
	assert_false(tag_is_option(SOL_SOCKET, SO_SNDLOWAT));
	assert_false(tag_is_option(IPPROTO_IP, SO_RCVLOWAT));
}

/* Two datagrams of one byte each, on a socket that "waits for" far more. */
static void changes_nothing_about_receiving(int family)
{
	struct sockaddr_in6 self6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in self4 = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *self =
		family == AF_INET ? (struct sockaddr *)&self4 : (struct sockaddr *)&self6;
	socklen_t len = family == AF_INET ? sizeof(self4) : sizeof(self6);
	int fd = socket(family, SOCK_DGRAM, 0), watcher = epoll_create1(0);
	struct pollfd polled = {.fd = fd, .events = POLLIN};
	struct epoll_event event = {.events = EPOLLIN};
	char bytes[8];

	if (fd == -1 || bind(fd, self, len) != 0 || getsockname(fd, self, &len) != 0)
		skip();
	assert_true(write_tag(fd, BOTH, TAG_RCVLOWAT));
	assert_tag(fd, BOTH, TAG_RCVLOWAT);
	assert_return_code(epoll_ctl(watcher, EPOLL_CTL_ADD, fd, &event), errno);
	assert_int_equal(poll(&polled, 1, 0), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sendto(fd, "x", 1, 0, self, len), 1);
	assert_int_equal(poll(&polled, 1, 5000), 1);
	assert_int_equal(epoll_wait(watcher, &event, 1, 5000), 1);
	assert_int_equal(recv(fd, bytes, sizeof(bytes), MSG_WAITALL), 1);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), 1);
	close(watcher);
	close(fd);
}

static void changes_nothing_about_receiving_by_v4(void **state)
{
	(void)state;
	changes_nothing_about_receiving(AF_INET);
}

static void changes_nothing_about_receiving_by_v6(void **state)
{
	(void)state;
	changes_nothing_about_receiving(AF_INET6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_it_was_told),
		cmocka_unit_test(stands_on_the_socket),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(the_programs_values_are_no_tags),
		cmocka_unit_test(is_harmless_on_anything),
		cmocka_unit_test(knows_its_option),
		cmocka_unit_test(changes_nothing_about_receiving_by_v4),
		cmocka_unit_test(changes_nothing_about_receiving_by_v6),
	};

	return cmocka_run_group_tests_name("tag", tests, NULL, NULL);
}
