/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark: it stands on the socket and not on the descriptor, says what it was told, takes no
 * place that the program uses, and changes nothing about receiving.
 */
#include "sys/mark.h"

#include "sys/pktinfo.h"
#include "sys/sockets.h"

#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { BOTH = PKTINFO_V4 | PKTINFO_V6 };

static const struct nature natures[] = {
	{AF_INET, SOCK_DGRAM, 0},
	{AF_INET6, SOCK_DGRAM, 0},
	{AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE},
	{AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE},
};

/* -1 where there are no such sockets. */
static int open_socket(const struct nature *nature)
{
	return socket(nature->domain, nature->type, nature->protocol);
}

static int low_water(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_return_code(getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &value, &len), errno);
	return value;
}

static void assert_mark(int fd, unsigned int own)
{
	unsigned int found = 77;

	assert_true(mark_read(fd, &found));
	assert_int_equal(found, own);
}

static void assert_no_mark(int fd)
{
	unsigned int found = 77;

	assert_false(mark_read(fd, &found));
	assert_int_equal(found, 77);
}

static void says_what_it_was_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(natures); i++) {
		int fd = open_socket(&natures[i]);

		if (fd == -1)
			continue;
		assert_no_mark(fd);
		assert_int_equal(low_water(fd), MARK_NONE);
		for (unsigned int own = 0; own <= BOTH; own++) {
			mark_set(fd, own);
			assert_mark(fd, own);
			mark_set(fd, own);
			assert_mark(fd, own);
		}
		mark_clear(fd);
		assert_no_mark(fd);
		assert_int_equal(low_water(fd), MARK_NONE);
		mark_clear(fd);
		close(fd);
	}
}

static void stands_on_the_socket(void **state)
{
	int fd = open_socket(&natures[0]);
	int other = dup(fd);

	(void)state;
	assert_true(fd >= 0 && other >= 0);
	mark_set(fd, PKTINFO_V4);
	assert_mark(other, PKTINFO_V4);
	close(fd);
	assert_mark(other, PKTINFO_V4);
	close(other);
}

static void leaves_the_programs_own_value(void **state)
{
	static const int values[] = {2, 65536, 0x62710000, 0x62720004, 0x62730000, INT32_MAX};

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		int fd = open_socket(&natures[0]);

		assert_return_code(
			setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &values[i], sizeof(int)), errno);
		assert_no_mark(fd);
		mark_set(fd, BOTH);
		assert_int_equal(low_water(fd), values[i]);
		mark_clear(fd);
		assert_int_equal(low_water(fd), values[i]);
		close(fd);
	}
}

static void is_harmless_on_anything(void **state)
{
	int pair[2], fds[4] = {-1, 9999};

	(void)state;
	assert_return_code(pipe(pair), errno);
	fds[2] = pair[0];
	fds[3] = socket(AF_UNIX, SOCK_STREAM, 0);
	errno = 4711;
	for (size_t i = 0; i < LENGTH(fds) - 1; i++) {
		mark_set(fds[i], BOTH);
		assert_no_mark(fds[i]);
		mark_clear(fds[i]);
	}
	assert_no_mark(fds[3]);
	mark_clear(fds[3]);
	assert_int_equal(errno, 4711);
	close(pair[0]);
	close(pair[1]);
	close(fds[3]);
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
	mark_set(fd, BOTH);
	assert_mark(fd, BOTH);
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

/* Reports are the program's own if they are on and the mark, if there is one, says so. */
static void tells_whose_the_reports_are(void **state)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), off = 0;

	(void)state;
	if (fd == -1)
		skip();
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	assert_int_equal(sockets_own_reports(fd, AF_INET6), 0);
	assert_int_equal(pktinfo_switch(fd, PKTINFO_V6, true), PKTINFO_V6);
	assert_int_equal(sockets_own_reports(fd, AF_INET6), PKTINFO_V6);

	assert_int_equal(sockets_start_reports(fd, BOTH, PKTINFO_V6), PKTINFO_V4);
	assert_mark(fd, PKTINFO_V6);
	assert_int_equal(pktinfo_ask(fd, BOTH), BOTH);
	assert_int_equal(sockets_own_reports(fd, AF_INET6), PKTINFO_V6);

	sockets_stop_reports(fd, PKTINFO_V4);
	assert_no_mark(fd);
	assert_int_equal(pktinfo_ask(fd, BOTH), PKTINFO_V6);
	assert_int_equal(sockets_own_reports(fd, AF_INET6), PKTINFO_V6);

	/* Nothing of ours, no mark. */
	assert_int_equal(sockets_start_reports(fd, PKTINFO_V6, PKTINFO_V6), 0);
	assert_no_mark(fd);
	close(fd);
}

/* Reports that somebody has switched off are nobody's, whatever the mark says. */
static void reports_that_are_off_are_nobodys(void **state)
{
	int fd = open_socket(&natures[0]);

	(void)state;
	mark_set(fd, BOTH);
	assert_int_equal(sockets_own_reports(fd, AF_INET), 0);
	assert_int_equal(pktinfo_switch(fd, PKTINFO_V4, true), PKTINFO_V4);
	assert_int_equal(sockets_own_reports(fd, AF_INET), PKTINFO_V4);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_it_was_told),
		cmocka_unit_test(stands_on_the_socket),
		cmocka_unit_test(leaves_the_programs_own_value),
		cmocka_unit_test(is_harmless_on_anything),
		cmocka_unit_test(changes_nothing_about_receiving_by_v4),
		cmocka_unit_test(changes_nothing_about_receiving_by_v6),
		cmocka_unit_test(tells_whose_the_reports_are),
		cmocka_unit_test(reports_that_are_off_are_nobodys),
	};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
