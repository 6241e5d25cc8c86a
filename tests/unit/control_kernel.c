/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data written to a buffer is, byte for byte, what the kernel writes to a buffer of that
 * size. The test receives the same datagram repeatedly, with buffers of every size.
 */
#include "replies/control.h"

#include "unit.h"

#include <netinet/in.h>
#include <sys/time.h>

enum { AMPLE = 512, FILL = 0xa5 };

static struct msghdr control_of(void *data, size_t len)
{
	return (struct msghdr){.msg_control = data, .msg_controllen = len};
}

/* What a receiver with a control buffer of this size gets. */
struct reception {
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];
	size_t len;
	bool is_truncated;
};

static struct reception peek(int fd, size_t left)
{
	struct reception got;
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = got.data, .msg_controllen = left};

	memset(got.data, FILL, sizeof(got.data));
	assert_return_code(recvmsg(fd, &msg, MSG_PEEK), 0);
	got.len = msg.msg_controllen;
	got.is_truncated = msg.msg_flags & MSG_CTRUNC;
	return got;
}

/* Makes from the whole control data what a receiver with a buffer of this size would get. */
static struct reception replay(struct reception *all, unsigned char *to, size_t left)
{
	struct msghdr msg = control_of(all->data, all->len);
	struct control_walk walk = control_begin(&msg);
	struct control_sink sink = {.at = to, .left = left};
	const struct cmsghdr *cmsg;
	struct reception made;

	while ((cmsg = control_step(&walk)) != NULL)
		control_put(&sink, cmsg);
	memcpy(made.data, to, sizeof(made.data));
	made.len = left - sink.left;
	made.is_truncated = sink.is_truncated;
	return made;
}

/* Closes the received descriptors. */
static void close_received(const struct reception *got)
{
	struct msghdr msg = control_of((void *)got->data, got->len);
	struct control_walk walk = control_begin(&msg);
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL) {
		if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= cmsg->cmsg_len;
			at += sizeof(int)) {
			int fd;

			memcpy(&fd, (const unsigned char *)cmsg + at, sizeof(fd));
			assert_return_code(close(fd), 0);
		}
	}
}

static void assert_same(const struct reception *made, const struct reception *got, size_t left)
{
	if (made->len != got->len || made->is_truncated != got->is_truncated)
		fail_msg("buffer %zu: length %zu for %zu, truncated %d for %d", left, made->len,
			got->len, made->is_truncated, got->is_truncated);
	for (size_t i = 0; i < AMPLE; i++)
		if (made->data[i] != got->data[i])
			fail_msg("buffer %zu: byte %zu is %#x for %#x", left, i, made->data[i],
				got->data[i]);
}

/* The same within one buffer: the padding between messages is unspecified. */
static void assert_same_messages(
	const struct reception *made, const struct reception *got, size_t left)
{
	struct msghdr made_msg = control_of((void *)made->data, made->len);
	struct msghdr got_msg = control_of((void *)got->data, got->len);
	struct control_walk made_walk = control_begin(&made_msg);
	struct control_walk got_walk = control_begin(&got_msg);
	const struct cmsghdr *got_cmsg;

	if (made->len != got->len || made->is_truncated != got->is_truncated)
		fail_msg("buffer %zu, in place: length %zu for %zu", left, made->len, got->len);
	while ((got_cmsg = control_step(&got_walk)) != NULL) {
		const struct cmsghdr *made_cmsg = control_step(&made_walk);

		assert_non_null(made_cmsg);
		assert_memory_equal(made_cmsg, got_cmsg, got_cmsg->cmsg_len);
	}
	assert_null(control_step(&made_walk));
}

/* The first datagram of fd, received with buffers of every size: the kernel and control_put agree,
 * and no descriptor leaks. */
static void check_against_kernel(int fd)
{
	int descriptors = count_descriptors();

	assert_true(peek(fd, 0).is_truncated);
	for (size_t left = 0; left <= AMPLE; left++) {
		unsigned char to[AMPLE];
		struct reception got, all, made;

		memset(to, FILL, sizeof(to));
		got = peek(fd, left);
		close_received(&got);
		all = peek(fd, AMPLE);
		assert_false(all.is_truncated);
		made = replay(&all, to, left);
		assert_same(&made, &got, left);
		close_received(&made);
		all = peek(fd, AMPLE);
		made = replay(&all, all.data, left);
		assert_same_messages(&made, &got, left);
		close_received(&made);
		assert_int_equal(count_descriptors(), descriptors);
	}
}

static void switch_on(int fd, int level, int optname)
{
	int on = 1;

	assert_return_code(setsockopt(fd, level, optname, &on, sizeof(on)), 0);
}

/* Sends one byte and this number of descriptors. */
static void send_rights(int fd, size_t count)
{
	_Alignas(struct cmsghdr) unsigned char data[CMSG_SPACE(8 * sizeof(int))] = {0};
	char byte = 'x';
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr header = {.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(count * sizeof(int))};

	memcpy(data, &header, sizeof(header));
	for (size_t i = 0; i < count; i++)
		memcpy(data + CMSG_LEN(i * sizeof(int)), &fd, sizeof(fd));
	if (count > 0) {
		msg.msg_control = data;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &msg, 0), 1);
}

static void unix_data_is_the_kernels(size_t rights, bool with_credentials)
{
	int pair[2];

	assert_return_code(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	if (with_credentials) {
		switch_on(pair[1], SOL_SOCKET, SO_TIMESTAMP);
		switch_on(pair[1], SOL_SOCKET, SO_PASSCRED);
	}
	send_rights(pair[0], rights);
	check_against_kernel(pair[1]);
	close(pair[0]);
	close(pair[1]);
}

static void descriptors_that_do_not_fit_are_closed(void **state)
{
	(void)state;
	unix_data_is_the_kernels(1, false);
	unix_data_is_the_kernels(2, false);
	unix_data_is_the_kernels(5, false);
}

static void credentials_and_timestamps_are_the_kernels(void **state)
{
	(void)state;
	unix_data_is_the_kernels(0, true);
	unix_data_is_the_kernels(3, true);
}

/* A UDP socket that has sent itself a datagram. Skips the test without a loopback interface. */
static int udp_to_itself(void)
{
	struct sockaddr_in self = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {.tv_sec = 10};
	socklen_t len = sizeof(self);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&self, len) != 0 ||
		getsockname(fd, (struct sockaddr *)&self, &len) != 0)
		skip();
	switch_on(fd, SOL_SOCKET, SO_TIMESTAMP);
	switch_on(fd, IPPROTO_IP, IP_RECVTTL);
	switch_on(fd, IPPROTO_IP, IP_RECVTOS); /* one byte: ends unaligned */
	switch_on(fd, IPPROTO_IP, IP_PKTINFO);
	switch_on(fd, SOL_SOCKET, SO_RXQ_OVFL);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (sendto(fd, "x", 1, 0, (struct sockaddr *)&self, len) != 1)
		skip();
	return fd;
}

static void udp_data_is_the_kernels(void **state)
{
	int fd = udp_to_itself();

	(void)state;
	check_against_kernel(fd);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_that_do_not_fit_are_closed),
		cmocka_unit_test(credentials_and_timestamps_are_the_kernels),
		cmocka_unit_test(udp_data_is_the_kernels),
	};

	return cmocka_run_group_tests_name("control_kernel", tests, NULL, NULL);
}
