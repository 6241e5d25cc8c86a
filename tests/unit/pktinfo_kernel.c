/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PKTINFO messages from the kernel: enabled, received, and removed, so the program sees what the
 * kernel gives without them.
 */
#include "messages.h"

#include <errno.h>
#include <sys/time.h>

/* The kernel: a datagram received by a socket with and without our PKTINFO. */
static void switch_option(int fd, int level, int optname, int on)
{
	assert_return_code(setsockopt(fd, level, optname, &on, sizeof(on)), 0);
}

/* A socket bound to its family's loopback address, which has sent itself a datagram. Skips the test
 * if that fails. */
static int udp_to_itself(int family)
{
	struct sockaddr_in6 self6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in self4 = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *self =
		family == AF_INET ? (struct sockaddr *)&self4 : (struct sockaddr *)&self6;
	socklen_t len = family == AF_INET ? sizeof(self4) : sizeof(self6);
	struct timeval limit = {.tv_sec = 10};
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd == -1 || bind(fd, self, len) != 0 || getsockname(fd, self, &len) != 0)
		skip();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	switch_option(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
	pktinfo_switch(fd, BOTH, true);
	if (sendto(fd, "x", 1, 0, self, len) != 1)
		skip();
	return fd;
}

static struct taken peek(int fd, size_t left)
{
	struct taken got = {.is_known = false};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = got.seen.data,
		.msg_controllen = left};

	memset(got.seen.data, FILL, sizeof(got.seen.data));
	assert_return_code(recvmsg(fd, &msg, MSG_PEEK), 0);
	got.seen.len = msg.msg_controllen;
	got.is_truncated = msg.msg_flags & MSG_CTRUNC;
	return got;
}

/* With buffers of every size: the program sees what it would see without the PKTINFO that it did
 * not enable. */
static void check_against_kernel(int fd, unsigned int app)
{
	for (size_t left = 0; left <= 200; left++) {
		struct taken bare, all, made;

		pktinfo_switch(fd, BOTH & ~app, false);
		bare = peek(fd, left);
		pktinfo_switch(fd, BOTH, true);
		all = peek(fd, AMPLE);
		made = take_into(&all.seen, app, left);
		assert_true(made.is_known);
		if (made.seen.len != bare.seen.len || made.is_truncated != bare.is_truncated)
			fail_msg("buffer %zu: length %zu for %zu", left, made.seen.len,
				bare.seen.len);
		assert_memory_equal(made.seen.data, bare.seen.data, AMPLE);
	}
}

static void the_kernel_agrees_on_ipv4(void **state)
{
	int fd = udp_to_itself(AF_INET);

	(void)state;
	switch_option(fd, IPPROTO_IP, IP_RECVTTL, 1);
	switch_option(fd, IPPROTO_IP, IP_RECVTOS, 1);
	check_against_kernel(fd, NOTHING);
	check_against_kernel(fd, PKTINFO_V4);
	close(fd);
}

static void the_kernel_agrees_on_ipv6(void **state)
{
	int fd = udp_to_itself(AF_INET6);

	(void)state;
	switch_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	switch_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	for (unsigned int app = 0; app <= BOTH; app++)
		check_against_kernel(fd, app);
	close(fd);
}

static void switches_and_asks(void **state)
{
	int v4 = socket(AF_INET, SOCK_DGRAM, 0), v6 = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(pktinfo_get_enabled(v4, BOTH, 0), 0);
	assert_int_equal(pktinfo_switch(v4, PKTINFO_V4, true), PKTINFO_V4);
	assert_int_equal(pktinfo_get_enabled(v4, BOTH, 0), PKTINFO_V4);
	assert_int_equal(pktinfo_switch(v4, PKTINFO_V4, false), PKTINFO_V4);
	assert_int_equal(pktinfo_get_enabled(v4, BOTH, 0), 0);
	if (v6 != -1) {
		assert_int_equal(pktinfo_switch(v6, BOTH, true), BOTH);
		assert_int_equal(pktinfo_get_enabled(v6, BOTH, 0), BOTH);
		assert_int_equal(pktinfo_get_enabled(v6, PKTINFO_V6, 0), PKTINFO_V6);
		close(v6);
	}
	close(v4);
}

static void what_cannot_be_switched_keeps_errno(void **state)
{
	(void)state;
	errno = 4711;
	assert_int_equal(pktinfo_switch(-1, BOTH, true), 0);
	assert_int_equal(pktinfo_get_enabled(-1, BOTH, 0), 0);
	assert_int_equal(errno, 4711);
}

static int ask_refusal(int fd, const char *dest, const char *text)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(9)};
	_Alignas(struct cmsghdr) unsigned char control[PKTINFO_SEND_SPACE];
	const struct source source = source_of(text, 0);
	char bytes[] = "bytes";
	struct iovec iov = {bytes, sizeof(bytes)};
	const struct msghdr msg = {.msg_name = &peer,
		.msg_namelen = sizeof(peer),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = pktinfo_write(control, false, &source)};

	inet_pton(AF_INET, dest, &peer.sin_addr);
	return pktinfo_probe_source(fd, &msg);
}

/* The probe sends nothing. */
static void asks_whether_a_source_is_refused(void **state)
{
	int fd = udp_to_itself(AF_INET);
	char bytes[8];

	(void)state;
	assert_int_equal(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT), 1);
	errno = 4711;
	assert_int_equal(ask_refusal(fd, "127.0.0.1", "127.0.0.2"), 0);
	assert_int_not_equal(ask_refusal(fd, "127.0.0.1", "192.0.2.77"), 0);
	assert_int_not_equal(ask_refusal(fd, "127.0.0.1", "224.0.0.1"), 0);
	assert_int_equal(ask_refusal(-1, "127.0.0.1", "127.0.0.2"), EBADF);
	assert_int_equal(errno, 4711);
	assert_int_equal(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
	close(fd);
}

static void knows_its_options(void **state)
{
	(void)state;
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IP_PKTINFO), PKTINFO_V4);
	assert_int_equal(pktinfo_option_family(IPPROTO_IPV6, IPV6_RECVPKTINFO), PKTINFO_V6);
	assert_int_equal(pktinfo_option_family(IPPROTO_IPV6, IP_PKTINFO), 0);
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IPV6_RECVPKTINFO), 0);
	assert_int_equal(pktinfo_option_family(IPPROTO_IP, IP_TTL), 0);
	assert_int_equal(pktinfo_option_family(SOL_SOCKET, IP_PKTINFO), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_agrees_on_ipv4),
		cmocka_unit_test(the_kernel_agrees_on_ipv6),
		cmocka_unit_test(switches_and_asks),
		cmocka_unit_test(what_cannot_be_switched_keeps_errno),
		cmocka_unit_test(asks_whether_a_source_is_refused),
		cmocka_unit_test(knows_its_options),
	};

	return cmocka_run_group_tests_name("pktinfo_kernel", tests, NULL, NULL);
}
