/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data: the walk over hostile data stays inside, and what is put into a buffer is, byte for
 * byte, what the kernel puts into a buffer of that size. The kernel itself is asked for that.
 */
#include "sys/control.h"

#include "unit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/time.h>

enum { AMPLE = 512, FILL = 0xa5 };

static struct msghdr control_of(void *data, size_t len)
{
	return (struct msghdr){.msg_control = data, .msg_controllen = len};
}

/* Writes a message's header and fills its data with one byte; returns the space it takes. */
static size_t write_message(void *at, int type, size_t data_len, int fill)
{
	struct cmsghdr header = {
		.cmsg_level = 4711, .cmsg_type = type, .cmsg_len = CMSG_LEN(data_len)};

	memcpy(at, &header, sizeof(header));
	memset((unsigned char *)at + CMSG_LEN(0), fill, data_len);
	return CMSG_SPACE(data_len);
}

/* Messages of these lengths of data one behind the other; returns their space. */
static size_t write_messages(void *at, const size_t *data_lens, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += write_message(
			(unsigned char *)at + len, (int)i, data_lens[i], 0x10 + (int)i);
	return len;
}

static void walks_from_message_to_message(void **state)
{
	static const size_t lens[] = {0, 1, 7, 8, 9, 20};
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];
	struct msghdr msg = control_of(data, write_messages(data, lens, LENGTH(lens)));
	struct control_walk walk = control_begin(&msg);

	(void)state;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		const struct cmsghdr *cmsg = control_step(&walk);

		assert_true(cmsg != NULL && cmsg->cmsg_type == (int)i &&
			    cmsg->cmsg_len == CMSG_LEN(lens[i]));
	}
	assert_null(control_step(&walk));
	assert_int_equal(control_end(&msg), msg.msg_controllen);
}

static void nothing_is_walked_as_nothing(void **state)
{
	unsigned char data[CMSG_SPACE(4)];
	struct msghdr none = control_of(NULL, 0), no_buffer = control_of(NULL, 64);
	struct msghdr empty = control_of(data, 0);
	struct control_walk walks[] = {
		control_begin(&none), control_begin(&no_buffer), control_begin(&empty)};

	(void)state;
	for (size_t i = 0; i < LENGTH(walks); i++)
		assert_null(control_step(&walks[i]));
	assert_int_equal(control_end(&none), 0);
	assert_int_equal(control_end(&empty), 0);
}

/* How a message with this length in its header, in a buffer of that length, is taken. */
static const struct odd_length {
	size_t cmsg_len;
	size_t controllen;
	bool is_message;
	size_t end;
} odd_lengths[] = {
	{0, 64, false, CONTROL_MALFORMED},
	{1, 64, false, CONTROL_MALFORMED},
	{CMSG_LEN(0) - 1, 64, false, CONTROL_MALFORMED},
	{CMSG_LEN(0), CMSG_LEN(0), true, CMSG_LEN(0)},
	{CMSG_LEN(0), CMSG_LEN(0) - 1, false, 0},
	{CMSG_LEN(4), CMSG_LEN(4), true, CMSG_SPACE(4)},
	{CMSG_LEN(4), CMSG_SPACE(4), true, CMSG_SPACE(4)},
	{CMSG_LEN(4), CMSG_LEN(4) - 1, false, CONTROL_MALFORMED},
	{CMSG_LEN(4), CMSG_SPACE(4) + CMSG_LEN(0) - 1, true, CMSG_SPACE(4)},
	{65, 64, false, CONTROL_MALFORMED},
	{SIZE_MAX, 64, false, CONTROL_MALFORMED},
	{SIZE_MAX - 7, 64, false, CONTROL_MALFORMED},
	{(size_t)1 << (sizeof(size_t) * 8 - 1), 64, false, CONTROL_MALFORMED},
};

static void odd_lengths_are_no_messages(void **state)
{
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];

	(void)state;
	for (size_t i = 0; i < LENGTH(odd_lengths); i++) {
		struct cmsghdr header = {.cmsg_len = odd_lengths[i].cmsg_len};
		struct msghdr msg = control_of(data, odd_lengths[i].controllen);
		struct control_walk walk = control_begin(&msg);

		memset(data, 0, sizeof(data));
		memcpy(data, &header, sizeof(header));
		assert_int_equal(control_step(&walk) != NULL, odd_lengths[i].is_message);
		assert_true(control_end(&msg) == odd_lengths[i].end);
	}
}

/* What the kernel says of control data when it is to send it: EINVAL where it is malformed. Messages
 * of level 0 are nobody's, and are let by. */
static bool kernel_takes(const struct msghdr *control)
{
	struct iovec nothing = {.iov_base = NULL, .iov_len = 0};
	struct msghdr msg = {.msg_iov = &nothing,
		.msg_iovlen = 1,
		.msg_control = control->msg_control,
		.msg_controllen = control->msg_controllen};
	int pair[2];
	bool is_taken;

	assert_return_code(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	is_taken = sendmsg(pair[0], &msg, MSG_DONTWAIT) == 0;
	close(pair[0]);
	close(pair[1]);
	return is_taken;
}

static void malformed_is_what_the_kernel_refuses(void **state)
{
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];

	(void)state;
	for (size_t i = 0; i < LENGTH(odd_lengths); i++) {
		struct cmsghdr header = {.cmsg_len = odd_lengths[i].cmsg_len};
		struct msghdr msg = control_of(data, odd_lengths[i].controllen);

		memset(data, 0, sizeof(data));
		memcpy(data, &header, sizeof(header));
		assert_int_equal(kernel_takes(&msg), control_end(&msg) != CONTROL_MALFORMED);
	}
}

/* Control data of random sense at the end of a page: what is walked is read to its last byte. */
enum { FUZZ_ROUNDS = 200000 };

static size_t dice_cmsg_len(struct dice *dice)
{
	switch (dice_below(dice, 8)) {
	case 0:
		return (size_t)dice_roll(dice);
	case 1:
		return SIZE_MAX - dice_below(dice, 32);
	case 2:
		return dice_below(dice, CMSG_LEN(0));
	default:
		return CMSG_LEN(dice_below(dice, 40));
	}
}

/* Fills len bytes with a chain of headers of random lengths, linked as far as they are sound. */
static void dice_control(struct dice *dice, unsigned char *data, size_t len)
{
	size_t at = 0;

	dice_fill(dice, data, len);
	while (at + sizeof(struct cmsghdr) <= len) {
		struct cmsghdr header = {.cmsg_len = dice_cmsg_len(dice),
			.cmsg_level = (int)dice_below(dice, 3),
			.cmsg_type = (int)dice_below(dice, 3)};

		memcpy(data + at, &header, sizeof(header));
		if (header.cmsg_len < sizeof(header) || header.cmsg_len > len - at)
			return;
		at += CMSG_ALIGN(header.cmsg_len);
	}
}

/* Reads every byte that the walk hands out; returns how many. */
static size_t read_all(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	volatile unsigned char sink = 0;
	const struct cmsghdr *cmsg;
	size_t total = 0;

	while ((cmsg = control_step(&walk)) != NULL) {
		for (size_t i = 0; i < cmsg->cmsg_len; i++)
			sink ^= ((const unsigned char *)cmsg)[i];
		total += cmsg->cmsg_len;
	}
	return total;
}

static void hostile_data_is_not_left(void **state)
{
	unsigned char *end = guarded_end();
	struct dice dice = {42};

	(void)state;
	for (int round = 0; round < FUZZ_ROUNDS; round++) {
		/* Aligned as the kernel and malloc do; every other time up to the very end. */
		size_t len = round % 2 == 0 ? 8 * dice_below(&dice, 20) : dice_below(&dice, 160);
		unsigned char *data = end - CMSG_ALIGN(len);
		struct msghdr msg = control_of(data, len);
		size_t total, control_len;

		dice_control(&dice, data, len);
		total = read_all(&msg);
		control_len = control_end(&msg);
		if (total > len || (control_len != CONTROL_MALFORMED &&
					   control_len > CMSG_ALIGN(len)))
			fail_msg("round %d: %zu of %zu bytes, end %zu", round, total, len,
				control_len);
	}
	guarded_free(end);
}

/* What a receiver with this much room gets. */
struct reception {
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];
	size_t len;
	bool is_truncated;
};

static struct reception peek(int fd, size_t room)
{
	struct reception got;
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = got.data, .msg_controllen = room};

	memset(got.data, FILL, sizeof(got.data));
	assert_return_code(recvmsg(fd, &msg, MSG_PEEK), 0);
	got.len = msg.msg_controllen;
	got.is_truncated = msg.msg_flags & MSG_CTRUNC;
	return got;
}

/* Makes of all there is what a receiver with this much room would have got. */
static struct reception replay(struct reception *all, unsigned char *to, size_t room)
{
	struct msghdr msg = control_of(all->data, all->len);
	struct control_walk walk = control_begin(&msg);
	struct control_sink sink = {.at = to, .room = room};
	const struct cmsghdr *cmsg;
	struct reception made;

	while ((cmsg = control_step(&walk)) != NULL)
		control_put(&sink, cmsg);
	memcpy(made.data, to, sizeof(made.data));
	made.len = room - sink.room;
	made.is_truncated = sink.is_truncated;
	return made;
}

/* Closes the descriptors that came in. */
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

static void assert_same(const struct reception *made, const struct reception *got, size_t room)
{
	if (made->len != got->len || made->is_truncated != got->is_truncated)
		fail_msg("room %zu: length %zu for %zu, truncated %d for %d", room, made->len,
			got->len, made->is_truncated, got->is_truncated);
	for (size_t i = 0; i < AMPLE; i++)
		if (made->data[i] != got->data[i])
			fail_msg("room %zu: byte %zu is %#x for %#x", room, i, made->data[i],
				got->data[i]);
}

/* The same where the buffers are one: what stands between the messages was never promised. */
static void assert_same_messages(
	const struct reception *made, const struct reception *got, size_t room)
{
	struct msghdr made_msg = control_of((void *)made->data, made->len);
	struct msghdr got_msg = control_of((void *)got->data, got->len);
	struct control_walk made_walk = control_begin(&made_msg);
	struct control_walk got_walk = control_begin(&got_msg);
	const struct cmsghdr *got_cmsg;

	if (made->len != got->len || made->is_truncated != got->is_truncated)
		fail_msg("room %zu, in place: length %zu for %zu", room, made->len, got->len);
	while ((got_cmsg = control_step(&got_walk)) != NULL) {
		const struct cmsghdr *made_cmsg = control_step(&made_walk);

		assert_non_null(made_cmsg);
		assert_memory_equal(made_cmsg, got_cmsg, got_cmsg->cmsg_len);
	}
	assert_null(control_step(&made_walk));
}

/* The first datagram of fd, received with every amount of room: the kernel and control_put agree,
 * and no descriptor is left over. */
static void check_against_kernel(int fd)
{
	int descriptors = count_descriptors();

	assert_true(peek(fd, 0).is_truncated);
	for (size_t room = 0; room <= AMPLE; room++) {
		unsigned char to[AMPLE];
		struct reception got, all, made;

		memset(to, FILL, sizeof(to));
		got = peek(fd, room);
		close_received(&got);
		all = peek(fd, AMPLE);
		assert_false(all.is_truncated);
		made = replay(&all, to, room);
		assert_same(&made, &got, room);
		close_received(&made);
		all = peek(fd, AMPLE);
		made = replay(&all, all.data, room);
		assert_same_messages(&made, &got, room);
		close_received(&made);
		assert_int_equal(count_descriptors(), descriptors);
	}
}

static void switch_on(int fd, int level, int optname)
{
	int on = 1;

	assert_return_code(setsockopt(fd, level, optname, &on, sizeof(on)), 0);
}

/* Sends a byte and this many descriptors. */
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

/* A UDP socket that has sent itself a datagram; skips where there is no loopback interface. */
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

/* Messages left out before make the others move towards the front, over themselves. */
static void moves_over_itself(void **state)
{
	static const size_t lens[] = {12, 20, 40, 1, 64, 3};

	(void)state;
	for (size_t left_out = 0; left_out < LENGTH(lens); left_out++) {
		_Alignas(struct cmsghdr) unsigned char data[AMPLE], original[AMPLE];
		size_t len = write_messages(data, lens, LENGTH(lens));
		struct msghdr msg = control_of(data, len);
		struct control_walk walk = control_begin(&msg), check;
		struct control_sink sink = {.at = data, .room = len};
		const struct cmsghdr *cmsg;

		write_messages(original, lens, LENGTH(lens));
		for (size_t i = 0; (cmsg = control_step(&walk)) != NULL; i++)
			if (i != left_out)
				control_put(&sink, cmsg);
		assert_false(sink.is_truncated);
		msg.msg_controllen = len - sink.room;
		assert_int_equal(msg.msg_controllen, len - CMSG_SPACE(lens[left_out]));
		check = control_begin(&msg);
		for (size_t i = 0, at = 0; i < LENGTH(lens); at += CMSG_SPACE(lens[i]), i++)
			if (i != left_out)
				assert_memory_equal(control_step(&check), original + at,
					CMSG_LEN(lens[i]));
	}
}

static void no_room_at_all_only_truncates(void **state)
{
	_Alignas(struct cmsghdr) unsigned char data[CMSG_SPACE(4)];
	struct control_sink sink = {0};

	(void)state;
	write_message(data, 1, 4, 1);
	control_put(&sink, (struct cmsghdr *)data);
	assert_true(sink.is_truncated);
	assert_null(sink.at);
	assert_int_equal(sink.room, 0);
}

static void finds_data_by_level_type_and_length(void **state)
{
	_Alignas(struct cmsghdr) unsigned char data[CMSG_SPACE(12)];
	const struct cmsghdr *cmsg = (const struct cmsghdr *)data;

	(void)state;
	write_message(data, 8, 12, 1);
	assert_ptr_equal(control_data(cmsg, 4711, 8, 12), CMSG_DATA(cmsg));
	assert_ptr_equal(control_data(cmsg, 4711, 8, 4), CMSG_DATA(cmsg));
	assert_null(control_data(cmsg, 4711, 8, 13));
	assert_null(control_data(cmsg, 4711, 9, 12));
	assert_null(control_data(cmsg, 4712, 8, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_from_message_to_message),
		cmocka_unit_test(nothing_is_walked_as_nothing),
		cmocka_unit_test(odd_lengths_are_no_messages),
		cmocka_unit_test(malformed_is_what_the_kernel_refuses),
		cmocka_unit_test(hostile_data_is_not_left),
		cmocka_unit_test(descriptors_that_do_not_fit_are_closed),
		cmocka_unit_test(credentials_and_timestamps_are_the_kernels),
		cmocka_unit_test(udp_data_is_the_kernels),
		cmocka_unit_test(moves_over_itself),
		cmocka_unit_test(no_room_at_all_only_truncates),
		cmocka_unit_test(finds_data_by_level_type_and_length),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
