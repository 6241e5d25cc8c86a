/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program sees of PKTINFO on a socket that another process's library watches and this one
 * does not know to be watched: what is removed of a message's control data, for each size of the
 * buffer. And its SO_RCVLOWAT, which the tag has to keep.
 */
#include "bound_udp.h"

#include "libc/next.h"
#include "replies/app_options.h"

enum {
	PKTINFO_MESSAGE = CMSG_SPACE(sizeof(struct in_pktinfo)),
	TTL_MESSAGE = CMSG_SPACE(sizeof(int))
};

static unsigned char control[256];

/* A server's socket that another process watches, which this one does not know. */
static int open_watched_elsewhere(void)
{
	int fd = open_v4();

	watch_as_another(fd, PKTINFO_V4, 0);
	fd_flags_set(fd, FD_CLASSIFIED | FD_INET | FD_UDP | FD_BOUND | FD_CANDIDATE);
	return fd;
}

/* Sends to fd by IPv4. */
static void send_to(int fd)
{
	int from = socket(AF_INET, SOCK_DGRAM, 0);
	union name local;
	socklen_t len = sizeof(local);

	assert_return_code(getsockname(fd, &local.sa, &len), errno);
	/* The port of an IPv6 address lies at the same place. */
	local.v4.sin_family = AF_INET;
	local.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(sendto(from, "x", 1, 0, &local.sa, sizeof(local.v4)), 1);
	close(from);
}

/* Receives a datagram with so many bytes for control data, and checks what is left of these. */
static void assert_left_of(int fd, size_t size, size_t left, int flags)
{
	char text[1];
	struct iovec iov = {text, sizeof(text)};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size};

	send_to(fd);
	assert_int_equal(next_recvmsg(fd, &msg, 0), 1);
	errno = 4711;
	app_options_remove_unexpected(fd, &msg);
	assert_int_equal(errno, 4711);
	assert_int_equal(msg.msg_controllen, left);
	assert_int_equal(msg.msg_flags & MSG_CTRUNC, flags);
}

static void all_is_removed(void **state)
{
	static const size_t sizes[] = {sizeof(control), PKTINFO_MESSAGE, PKTINFO_MESSAGE - 8,
		sizeof(struct cmsghdr), sizeof(struct cmsghdr) - 1, 1, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = open_watched_elsewhere();

		assert_left_of(fd, sizes[i], 0, 0);
		fd_flags_set(fd, 0);
		close(fd);
	}
}

/* What did not fit may be a message that the program asked for. */
static void what_the_program_wants_stays(void **state)
{
	int fd = open_watched_elsewhere();

	(void)state;
	set_int(fd, IPPROTO_IP, IP_RECVTTL, 1);
	assert_left_of(fd, sizeof(control), TTL_MESSAGE, 0);
	fd_flags_change(fd, 0, FD_WATCHED);
	assert_left_of(fd, PKTINFO_MESSAGE, 0, MSG_CTRUNC);
	fd_flags_change(fd, 0, FD_WATCHED);
	assert_left_of(fd, 1, 0, MSG_CTRUNC);
	fd_flags_set(fd, 0);
	close(fd);
}

/* On a dual-stack socket it has one of two messages, and cannot tell which did not fit. */
static void one_family_of_two_stays(void **state)
{
	int fd = open_bound(AF_INET6, 0, true, false);

	(void)state;
	watch_as_another(fd, BOTH, PKTINFO_V4);
	fd_flags_set(fd, FD_CLASSIFIED | FD_INET | FD_INET6 | FD_UDP | FD_BOUND | FD_CANDIDATE);
	assert_left_of(fd, sizeof(control), PKTINFO_MESSAGE, 0);
	fd_flags_change(fd, 0, FD_WATCHED);
	assert_left_of(fd, 1, 0, MSG_CTRUNC);
	fd_flags_set(fd, 0);
	close(fd);
}

/* Its own PKTINFO stays, whole or cut. */
static void the_programs_own_stays(void **state)
{
	int fd = open_v4();

	(void)state;
	fd_flags_set(fd, FD_CLASSIFIED | FD_INET | FD_UDP | FD_BOUND | FD_CANDIDATE);
	set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	assert_left_of(fd, sizeof(control), PKTINFO_MESSAGE, 0);
	assert_true(fd_flags(fd) & FD_APP_PKTINFO_V4);
	fd_flags_change(fd, 0, FD_APP_PKTINFO_V4);
	assert_left_of(fd, 1, 0, MSG_CTRUNC);
	fd_flags_set(fd, 0);
	close(fd);
}

/* A queued error's message says whose it is; nothing but PKTINFO is removed from it, and its flags
 * are kept. */
static void an_errors_message_keeps_its_flags(void **state)
{
	struct msghdr msg = {.msg_control = control, .msg_flags = MSG_CTRUNC | MSG_ERRQUEUE};
	int fd = open_watched_elsewhere();

	(void)state;
	app_options_remove_unexpected(fd, &msg);
	assert_int_equal(msg.msg_flags, MSG_CTRUNC | MSG_ERRQUEUE);
	assert_false(fd_flags(fd) & FD_WATCHED);
	fd_flags_set(fd, 0);
	close(fd);
}

/* A message without any of this costs no system call: the flags stay, though there is a tag. */
static void what_has_nothing_is_not_looked_at(void **state)
{
	struct msghdr msg = {.msg_control = control};
	int fd = open_watched_elsewhere();

	(void)state;
	app_options_remove_unexpected(fd, &msg);
	assert_false(fd_flags(fd) & FD_WATCHED);
	fd_flags_set(fd, 0);
	close(fd);
}

/* An SO_RCVLOWAT that was set before the socket is watched is noted: the tag has to keep it. */
static void a_low_water_mark_is_noted(void **state)
{
	static const int value = 700;
	int fd = open_v4(), result = -1;

	(void)state;
	fd_flags_set(fd, FD_CLASSIFIED | FD_INET | FD_UDP | FD_BOUND | FD_CANDIDATE);
	assert_true(app_options_set(fd, SOL_SOCKET, SO_RCVLOWAT, &value, sizeof(value), &result));
	assert_int_equal(result, 0);
	assert_true(fd_flags(fd) & FD_APP_RCVLOWAT);
	fd_flags_set(fd, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_removed),
		cmocka_unit_test(what_the_program_wants_stays),
		cmocka_unit_test(one_family_of_two_stays),
		cmocka_unit_test(the_programs_own_stays),
		cmocka_unit_test(an_errors_message_keeps_its_flags),
		cmocka_unit_test(what_has_nothing_is_not_looked_at),
		cmocka_unit_test(a_low_water_mark_is_noted),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
