/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Received PKTINFO messages: their meaning, and which of them the program sees. */
#include "messages.h"

static void assert_learns(struct control *control, const char *text, uint32_t ifindex)
{
	struct source expected = source_of(text, ifindex);

	for (unsigned int app = 0; app <= BOTH; app++) {
		struct taken taken = take(control, app);

		assert_true(taken.is_known);
		assert_memory_equal(&taken.source, &expected, sizeof(expected));
	}
}

static void assert_learns_nothing(struct control *control)
{
	struct source before = source_of("192.0.2.99", 99);

	for (unsigned int app = 0; app <= BOTH; app++) {
		struct taken taken = take(control, app);

		assert_false(taken.is_known);
		assert_memory_equal(&taken.source, &before, sizeof(before));
	}
}

static void an_ipv4_message_gives_the_destination(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.2", "192.0.2.2");
	assert_learns(&control, "192.0.2.2", 7);
}

/* If spec_dst is not the destination, it is routing's choice, which is not learned. */
static void a_groups_address_is_no_source(void **state)
{
	static const char *const groups[] = {
		"192.0.2.255", "255.255.255.255", "224.0.0.1", "239.255.255.255"};
	struct control control = {.len = 0};

	(void)state;
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v4(&control, "192.0.2.1", groups[i]);
		assert_learns(&control, "::", 0);
	}
}

static void without_spec_dst_the_destination_serves(void **state)
{
	static const char *const groups[] = {"224.0.0.1", "239.255.255.255", "255.255.255.255"};
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "0.0.0.0", "192.0.2.2");
	assert_learns(&control, "192.0.2.2", 7);
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v4(&control, "0.0.0.0", groups[i]);
		assert_learns(&control, "::", 0);
	}
	control.len = 0;
	add_v4(&control, "0.0.0.0", "0.0.0.0");
	assert_learns_nothing(&control);
}

static void an_ipv6_message_gives_the_destination(void **state)
{
	static const char *const groups[] = {"ff02::1", "ff0e::101"};
	struct control control = {.len = 0};

	(void)state;
	add_v6(&control, "2001:db8::1");
	assert_learns(&control, "2001:db8::1", 7);
	control.len = 0;
	add_v6(&control, "fe80::1");
	assert_learns(&control, "fe80::1", 7);
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v6(&control, groups[i]);
		assert_learns(&control, "::", 0);
	}
	control.len = 0;
	add_v6(&control, "::");
	assert_learns_nothing(&control);
}

/* The v4-mapped destination may be a broadcast address; the IPv4 message beside it shows that. */
static void a_v4_mapped_message_leaves_it_to_the_ipv4_one(void **state)
{
	struct control alone = {.len = 0}, before = {.len = 0}, after = {.len = 0};

	(void)state;
	add_v6(&alone, "::ffff:192.0.2.255");
	assert_learns_nothing(&alone);
	add_v6(&before, "::ffff:192.0.2.255");
	add_v4(&before, "192.0.2.1", "192.0.2.255");
	assert_learns(&before, "::", 0);
	add_v4(&after, "192.0.2.1", "192.0.2.1");
	add_v6(&after, "::ffff:192.0.2.1");
	assert_learns(&after, "192.0.2.1", 7);
}

static void a_message_among_others_is_read(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add(&control, IPPROTO_IP, IP_TOS, "x", 1);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	add_int(&control, SOL_SOCKET, SO_RXQ_OVFL, 0);
	assert_learns(&control, "192.0.2.1", 7);
}

static void nothing_is_learned_from_a_truncated_message(void **state)
{
	struct in_pktinfo v4 = {.ipi_spec_dst.s_addr = htonl(0xc0000201)};
	struct in6_pktinfo v6 = {.ipi6_addr = {.s6_addr = {0x20, 0x01}}};

	(void)state;
	for (size_t len = 0; len < sizeof(v4); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IP, IP_PKTINFO, &v4, len);
		control.len = CMSG_LEN(len);
		assert_learns_nothing(&control);
	}
	for (size_t len = 0; len < sizeof(v6); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IPV6, IPV6_PKTINFO, &v6, len);
		control.len = CMSG_LEN(len);
		assert_learns_nothing(&control);
	}
}

static void nothing_is_learned_without_a_message(void **state)
{
	struct control empty = {.len = 0}, others = {.len = 0};

	(void)state;
	assert_learns_nothing(&empty);
	add_int(&others, IPPROTO_IP, IP_TTL, 64);
	add_v6_as(&others, OLD_IPV6_PKTINFO, "2001:db8::1");
	assert_learns_nothing(&others);
	assert_int_equal(take(&others, NOTHING).seen.len, others.len);
}

/* What the program sees of a datagram with both PKTINFO messages and two others. */
static void assert_sees(unsigned int app, bool is_v4_seen, bool is_v6_seen)
{
	struct control control = {.len = 0}, expected = {.len = 0};
	struct taken taken;

	for (int pass = 0; pass < 2; pass++) {
		struct control *to = pass == 0 ? &control : &expected;

		add_int(to, IPPROTO_IP, IP_TTL, 64);
		if (pass == 0 || is_v6_seen)
			add_v6(to, "::ffff:192.0.2.1");
		if (pass == 0 || is_v4_seen)
			add_v4(to, "192.0.2.1", "192.0.2.1");
		add_int(to, SOL_SOCKET, SO_RXQ_OVFL, 3);
	}
	taken = take(&control, app);
	assert_false(taken.is_truncated);
	assert_int_equal(taken.seen.len, expected.len);
	for (size_t at = 0; at < expected.len;) {
		const struct cmsghdr *cmsg = (const struct cmsghdr *)(expected.data + at);

		assert_memory_equal(taken.seen.data + at, cmsg, cmsg->cmsg_len);
		at += CMSG_ALIGN(cmsg->cmsg_len);
	}
}

static void the_program_sees_only_what_it_enabled(void **state)
{
	(void)state;
	assert_sees(NOTHING, false, false);
	assert_sees(PKTINFO_V4, true, false);
	assert_sees(PKTINFO_V6, false, true);
	assert_sees(BOTH, true, true);
}

static void a_message_alone_is_hidden_or_seen(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0};

	(void)state;
	add_v4(&v4, "192.0.2.1", "192.0.2.1");
	add_v6(&v6, "2001:db8::1");
	assert_int_equal(take(&v4, NOTHING).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V6).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V4).seen.len, v4.len);
	assert_int_equal(take(&v6, NOTHING).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V4).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V6).seen.len, v6.len);
}

/* A message that the library enabled does not fit: the program did not enable it, so it misses
 * nothing. */
static void a_hidden_message_truncates_nothing(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	assert_false(take_into(&control, NOTHING, 0).is_truncated);
	assert_true(take_into(&control, PKTINFO_V4, 0).is_truncated);
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	assert_true(take_into(&control, NOTHING, 0).is_truncated);
	assert_false(take_into(&control, NOTHING, CMSG_LEN(sizeof(int))).is_truncated);
}

/* A program without a control buffer, or a call without one: all messages but the library's are
 * lost. */
static void without_a_buffer_all_is_truncated(void **state)
{
	struct control control = {.len = 0};
	struct source found, expected = source_of("192.0.2.1", 7);
	struct msghdr msg;

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	msg = msg_of(&control);
	assert_true(pktinfo_take(&msg, NOTHING, NULL, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
	assert_true(pktinfo_take(&msg, BOTH, NULL, &found));
}

/* The fast paths give the same result, or leave it to the general one. */
static void what_is_plain_is_the_same(void **state)
{
	static const struct {
		const char *v6, *spec_dst, *v4;
		bool is_plain;
	} cases[] = {
		{NULL, "192.0.2.1", "192.0.2.1", true},
		{NULL, "192.0.2.1", "192.0.2.255", false},
		{NULL, "192.0.2.1", "224.0.0.1", false},
		{NULL, "0.0.0.0", "192.0.2.1", false},
		{NULL, "0.0.0.0", "0.0.0.0", false},
		{"2001:db8::1", NULL, NULL, true},
		{"::1", NULL, NULL, true},
		{"fdff::1", NULL, NULL, true},
		{"::", NULL, NULL, false},
		{"fe80::1", NULL, NULL, false},
		{"ff02::1", NULL, NULL, false},
		{"::ffff:192.0.2.1", NULL, NULL, false},
		{"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", true},
		{"::ffff:192.0.2.255", "192.0.2.1", "192.0.2.255", false},
		{"::ffff:192.0.2.1", "0.0.0.0", "192.0.2.1", false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct control control = {.len = 0};
		struct source plain = {.ifindex = 0}, common;
		struct in_addr v4;
		struct msghdr msg;
		bool is_plain;

		if (cases[i].v6 != NULL)
			add_v6(&control, cases[i].v6);
		if (cases[i].v4 != NULL)
			add_v4(&control, cases[i].spec_dst, cases[i].v4);
		msg = msg_of(&control);
		is_plain = pktinfo_take_plain_v4(&msg, &v4) || pktinfo_take_plain_both(&msg, &v4);
		if (is_plain)
			plain.addr = address_from_v4(v4);
		else
			is_plain = pktinfo_take_plain_v6(&msg, &plain);
		if (is_plain != cases[i].is_plain)
			fail_msg("case %zu", i);
		common = take(&control, NOTHING).source;
		if (is_plain)
			assert_true(address_is_equal(&plain.addr, &common.addr));
		if (is_plain)
			assert_int_equal(plain.ifindex, 0);
	}
}

/* One more message of any kind goes to the general path. */
static void what_is_not_alone_is_not_plain(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0}, both = {.len = 0};
	struct control *controls[] = {&v4, &v6, &both};

	(void)state;
	add_v4(&v4, "192.0.2.1", "192.0.2.1");
	add_v6(&v6, "2001:db8::1");
	add_v6(&both, "::ffff:192.0.2.1");
	add_v4(&both, "192.0.2.1", "192.0.2.1");
	for (size_t i = 0; i < LENGTH(controls); i++) {
		struct source source;
		struct in_addr addr;
		struct msghdr msg;

		add_int(controls[i], IPPROTO_IP, IP_TTL, 64);
		msg = msg_of(controls[i]);
		assert_false(pktinfo_take_plain_v4(&msg, &addr));
		assert_false(pktinfo_take_plain_v6(&msg, &source));
		assert_false(pktinfo_take_plain_both(&msg, &addr));
	}
}

/* Another message may be as long as IP_PKTINFO. */
static void two_of_the_right_size_are_not_both(void **state)
{
	const struct in_pktinfo same = {7, {htonl(0xc0000201)}, {htonl(0xc0000201)}};
	struct control control = {.len = 0};
	struct in_addr addr;
	struct msghdr msg;

	(void)state;
	add_v6(&control, "::ffff:192.0.2.1");
	add(&control, IPPROTO_IP, IP_OPTIONS, &same, sizeof(same));
	msg = msg_of(&control);
	assert_false(pktinfo_take_plain_both(&msg, &addr));
}

static void the_families_of_messages_are_found(void **state)
{
	struct control none = {.len = 0}, v4 = {.len = 0}, both = {.len = 0};
	struct msghdr msgs[3];

	(void)state;
	add_int(&none, IPPROTO_IP, IP_TTL, 64);
	add_int(&v4, IPPROTO_IP, IP_TTL, 64);
	add_v4(&v4, "0.0.0.0", "0.0.0.0");
	add_v6(&both, "::ffff:192.0.2.1");
	add_v4(&both, "192.0.2.1", "192.0.2.1");
	msgs[0] = msg_of(&none);
	msgs[1] = msg_of(&v4);
	msgs[2] = msg_of(&both);
	assert_int_equal(pktinfo_find_families(&msgs[0]), 0);
	assert_int_equal(pktinfo_find_families(&msgs[1]), PKTINFO_V4);
	assert_int_equal(pktinfo_find_families(&msgs[2]), BOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ipv4_message_gives_the_destination),
		cmocka_unit_test(a_groups_address_is_no_source),
		cmocka_unit_test(without_spec_dst_the_destination_serves),
		cmocka_unit_test(an_ipv6_message_gives_the_destination),
		cmocka_unit_test(a_v4_mapped_message_leaves_it_to_the_ipv4_one),
		cmocka_unit_test(a_message_among_others_is_read),
		cmocka_unit_test(nothing_is_learned_from_a_truncated_message),
		cmocka_unit_test(nothing_is_learned_without_a_message),
		cmocka_unit_test(the_program_sees_only_what_it_enabled),
		cmocka_unit_test(a_message_alone_is_hidden_or_seen),
		cmocka_unit_test(a_hidden_message_truncates_nothing),
		cmocka_unit_test(without_a_buffer_all_is_truncated),
		cmocka_unit_test(what_is_plain_is_the_same),
		cmocka_unit_test(what_is_not_alone_is_not_plain),
		cmocka_unit_test(two_of_the_right_size_are_not_both),
		cmocka_unit_test(the_families_of_messages_are_found),
	};

	return cmocka_run_group_tests_name("pktinfo", tests, NULL, NULL);
}
