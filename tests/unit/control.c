/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data: the walk over hostile data stays within bounds and rejects what the kernel rejects,
 * and messages can be moved within their buffer.
 */
#include "replies/control.h"

#include "unit.h"

enum { AMPLE = 512 };

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

/* Writes messages with data of these lengths one after the other. Returns their space. */
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

/* The end of control data that is followed by too little for a message: a 64-bit kernel refuses
 * that from a 32-bit program. */
#define TAIL(end) (sizeof(size_t) == 4 ? CONTROL_MALFORMED : (end))

/* The result for a message with this length in its header, in a buffer of that length. */
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
	{CMSG_LEN(0), CMSG_LEN(0) - 1, false, TAIL(0)},
	{CMSG_LEN(4), CMSG_LEN(4), true, CMSG_SPACE(4)},
	{CMSG_LEN(4), CMSG_SPACE(4), true, CMSG_SPACE(4)},
	{CMSG_LEN(4), CMSG_LEN(4) - 1, false, CONTROL_MALFORMED},
	{CMSG_LEN(4), CMSG_SPACE(4) + CMSG_LEN(0) - 1, true, TAIL(CMSG_SPACE(4))},
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

/* The kernel's result for sending this control data: EINVAL if it is malformed. It ignores messages
 * of level 0. */
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

/* Random control data at the end of a page: the test reads each message to its last byte. */
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

/* Fills len bytes with a chain of headers of random lengths, which ends at the first invalid
 * one. */
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

/* Reads every byte of every message; returns how many. */
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
	(void)sink;
	return total;
}

static void hostile_data_is_not_left(void **state)
{
	unsigned char *end = guarded_end();
	struct dice dice = {42};

	(void)state;
	for (int round = 0; round < runs(FUZZ_ROUNDS); round++) {
		/* Aligned as by the kernel and malloc; every other time up to the very end of the
		 * page. */
		size_t len = round % 2 == 0 ? 8 * dice_below(&dice, 20) : dice_below(&dice, 160);
		unsigned char *data = end - CMSG_ALIGN(len);
		struct msghdr msg = control_of(data, len);
		size_t total, control_len;

		dice_control(&dice, data, len);
		total = read_all(&msg);
		control_len = control_end(&msg);
		if (total > len ||
			(control_len != CONTROL_MALFORMED && control_len > CMSG_ALIGN(len)))
			fail_msg("round %d: %zu of %zu bytes, end %zu", round, total, len,
				control_len);
	}
	guarded_free(end);
}

/* Removed messages make later ones move towards the front, where source and destination overlap. */
static void moves_over_itself(void **state)
{
	static const size_t lens[] = {12, 20, 40, 1, 64, 3};

	(void)state;
	for (size_t left_out = 0; left_out < LENGTH(lens); left_out++) {
		_Alignas(struct cmsghdr) unsigned char data[AMPLE], original[AMPLE];
		size_t len = write_messages(data, lens, LENGTH(lens));
		struct msghdr msg = control_of(data, len);
		struct control_walk walk = control_begin(&msg), check;
		struct control_sink sink = {.at = data, .left = len};
		const struct cmsghdr *cmsg;

		write_messages(original, lens, LENGTH(lens));
		for (size_t i = 0; (cmsg = control_step(&walk)) != NULL; i++)
			if (i != left_out)
				control_put(&sink, cmsg);
		assert_false(sink.is_truncated);
		msg.msg_controllen = len - sink.left;
		assert_int_equal(msg.msg_controllen, len - CMSG_SPACE(lens[left_out]));
		check = control_begin(&msg);
		for (size_t i = 0, at = 0; i < LENGTH(lens); at += CMSG_SPACE(lens[i]), i++)
			if (i != left_out)
				assert_memory_equal(
					control_step(&check), original + at, CMSG_LEN(lens[i]));
	}
}

static void an_empty_buffer_only_truncates(void **state)
{
	_Alignas(struct cmsghdr) unsigned char data[CMSG_SPACE(4)];
	struct control_sink sink = {0};

	(void)state;
	write_message(data, 1, 4, 1);
	control_put(&sink, (struct cmsghdr *)data);
	assert_true(sink.is_truncated);
	assert_null(sink.at);
	assert_int_equal(sink.left, 0);
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

/* Whether a descriptor that such a message brought is open after there was no buffer space. */
static bool is_open_after(int type)
{
	_Alignas(struct cmsghdr) unsigned char data[CMSG_SPACE(sizeof(int))] = {0};
	struct cmsghdr header = {
		.cmsg_level = SOL_SOCKET, .cmsg_type = type, .cmsg_len = CMSG_LEN(sizeof(int))};
	struct control_sink sink = {.at = NULL, .left = 0};
	int fd = dup(STDERR_FILENO);

	memcpy(data, &header, sizeof(header));
	memcpy(data + CMSG_LEN(0), &fd, sizeof(fd));
	control_put(&sink, (const struct cmsghdr *)(const void *)data);
	assert_true(sink.is_truncated);
	return close(fd) == 0;
}

static void descriptors_without_space_are_closed(void **state)
{
	enum { SCM_PIDFD_TYPE = 4, OTHER_TYPE = SO_TIMESTAMP };

	(void)state;
	assert_false(is_open_after(SCM_RIGHTS));
	assert_false(is_open_after(SCM_PIDFD_TYPE));
	assert_true(is_open_after(OTHER_TYPE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_from_message_to_message),
		cmocka_unit_test(nothing_is_walked_as_nothing),
		cmocka_unit_test(odd_lengths_are_no_messages),
		cmocka_unit_test(malformed_is_what_the_kernel_refuses),
		cmocka_unit_test(hostile_data_is_not_left),
		cmocka_unit_test(moves_over_itself),
		cmocka_unit_test(an_empty_buffer_only_truncates),
		cmocka_unit_test(finds_data_by_level_type_and_length),
		cmocka_unit_test(descriptors_without_space_are_closed),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
