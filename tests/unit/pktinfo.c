/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Destination reports received: what they teach, and which of them the program gets to see.
 */
#include "reports.h"

static void assert_teaches(struct control *control, const char *text, uint32_t ifindex)
{
	struct source expected = source_of(text, ifindex);

	for (unsigned int own = 0; own <= BOTH; own++) {
		struct taken taken = take(control, own);

		assert_true(taken.is_known);
		assert_memory_equal(&taken.source, &expected, sizeof(expected));
	}
}

static void assert_teaches_nothing(struct control *control)
{
	struct source before = source_of("192.0.2.99", 99);

	for (unsigned int own = 0; own <= BOTH; own++) {
		struct taken taken = take(control, own);

		assert_false(taken.is_known);
		assert_memory_equal(&taken.source, &before, sizeof(before));
	}
}

static void an_ipv4_report_gives_the_destination(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.2", "192.0.2.2");
	assert_teaches(&control, "192.0.2.2", 0);
}

/* Where spec_dst is not the destination it is the choice of routing, which is not asked for one. */
static void a_groups_address_is_nobodys(void **state)
{
	static const char *const groups[] = {
		"192.0.2.255", "255.255.255.255", "224.0.0.1", "239.255.255.255"};
	struct control control = {.len = 0};

	(void)state;
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v4(&control, "192.0.2.1", groups[i]);
		assert_teaches(&control, "::", 0);
	}
}

static void without_spec_dst_the_destination_serves(void **state)
{
	static const char *const groups[] = {"224.0.0.1", "239.255.255.255", "255.255.255.255"};
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "0.0.0.0", "192.0.2.2");
	assert_teaches(&control, "192.0.2.2", 0);
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v4(&control, "0.0.0.0", groups[i]);
		assert_teaches(&control, "::", 0);
	}
	control.len = 0;
	add_v4(&control, "0.0.0.0", "0.0.0.0");
	assert_teaches_nothing(&control);
}

static void an_ipv6_report_gives_the_destination(void **state)
{
	static const char *const groups[] = {"ff02::1", "ff0e::101"};
	struct control control = {.len = 0};

	(void)state;
	add_v6(&control, "2001:db8::1");
	assert_teaches(&control, "2001:db8::1", 0);
	control.len = 0;
	add_v6(&control, "fe80::1");
	assert_teaches(&control, "fe80::1", 7);
	for (size_t i = 0; i < LENGTH(groups); i++) {
		control.len = 0;
		add_v6(&control, groups[i]);
		assert_teaches(&control, "::", 0);
	}
	control.len = 0;
	add_v6(&control, "::");
	assert_teaches_nothing(&control);
}

/* The v4-mapped destination may be a broadcast's; the IPv4 report beside it can tell. */
static void a_v4_mapped_report_leaves_it_to_the_ipv4_one(void **state)
{
	struct control alone = {.len = 0}, before = {.len = 0}, behind = {.len = 0};

	(void)state;
	add_v6(&alone, "::ffff:192.0.2.255");
	assert_teaches_nothing(&alone);
	add_v6(&before, "::ffff:192.0.2.255");
	add_v4(&before, "192.0.2.1", "192.0.2.255");
	assert_teaches(&before, "::", 0);
	add_v4(&behind, "192.0.2.1", "192.0.2.1");
	add_v6(&behind, "::ffff:192.0.2.1");
	assert_teaches(&behind, "192.0.2.1", 0);
}

static void a_report_among_others_is_read(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add(&control, IPPROTO_IP, IP_TOS, "x", 1);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	add_int(&control, SOL_SOCKET, SO_RXQ_OVFL, 0);
	assert_teaches(&control, "192.0.2.1", 0);
}

static void a_truncated_report_teaches_nothing(void **state)
{
	struct in_pktinfo v4 = {.ipi_spec_dst.s_addr = htonl(0xc0000201)};
	struct in6_pktinfo v6 = {.ipi6_addr = {.s6_addr = {0x20, 0x01}}};

	(void)state;
	for (size_t len = 0; len < sizeof(v4); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IP, IP_PKTINFO, &v4, len);
		control.len = CMSG_LEN(len);
		assert_teaches_nothing(&control);
	}
	for (size_t len = 0; len < sizeof(v6); len++) {
		struct control control = {.len = 0};

		add(&control, IPPROTO_IPV6, IPV6_PKTINFO, &v6, len);
		control.len = CMSG_LEN(len);
		assert_teaches_nothing(&control);
	}
}

static void nothing_teaches_nothing(void **state)
{
	struct control empty = {.len = 0}, others = {.len = 0};

	(void)state;
	assert_teaches_nothing(&empty);
	add_int(&others, IPPROTO_IP, IP_TTL, 64);
	add_v6_as(&others, OLD_IPV6_PKTINFO, "2001:db8::1");
	assert_teaches_nothing(&others);
	assert_int_equal(take(&others, NOTHING_OWN).seen.len, others.len);
}

/* What the program sees of a datagram with both reports and two messages that are no reports. */
static void assert_sees(unsigned int own, bool is_v4_seen, bool is_v6_seen)
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
	taken = take(&control, own);
	assert_false(taken.is_truncated);
	assert_int_equal(taken.seen.len, expected.len);
	for (size_t at = 0; at < expected.len;) {
		const struct cmsghdr *cmsg = (const struct cmsghdr *)(expected.data + at);

		assert_memory_equal(taken.seen.data + at, cmsg, cmsg->cmsg_len);
		at += CMSG_ALIGN(cmsg->cmsg_len);
	}
}

static void the_program_sees_its_own_reports_only(void **state)
{
	(void)state;
	assert_sees(NOTHING_OWN, false, false);
	assert_sees(PKTINFO_V4, true, false);
	assert_sees(PKTINFO_V6, false, true);
	assert_sees(BOTH, true, true);
}

static void a_report_alone_is_hidden_or_seen(void **state)
{
	struct control v4 = {.len = 0}, v6 = {.len = 0};

	(void)state;
	add_v4(&v4, "192.0.2.1", "192.0.2.1");
	add_v6(&v6, "2001:db8::1");
	assert_int_equal(take(&v4, NOTHING_OWN).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V6).seen.len, 0);
	assert_int_equal(take(&v4, PKTINFO_V4).seen.len, v4.len);
	assert_int_equal(take(&v6, NOTHING_OWN).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V4).seen.len, 0);
	assert_int_equal(take(&v6, PKTINFO_V6).seen.len, v6.len);
}

/* A report that we asked for does not fit: the program asked for nothing, so nothing is missing. */
static void a_hidden_report_truncates_nothing(void **state)
{
	struct control control = {.len = 0};

	(void)state;
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	assert_false(take_into(&control, NOTHING_OWN, 0).is_truncated);
	assert_true(take_into(&control, PKTINFO_V4, 0).is_truncated);
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	assert_true(take_into(&control, NOTHING_OWN, 0).is_truncated);
	assert_false(take_into(&control, NOTHING_OWN, CMSG_LEN(sizeof(int))).is_truncated);
}

/* A program that gave no buffer, or whose call has none: all that is not ours is lost. */
static void no_sink_is_no_room(void **state)
{
	struct control control = {.len = 0};
	struct source found, expected = source_of("192.0.2.1", 0);
	struct msghdr msg;

	(void)state;
	add_int(&control, IPPROTO_IP, IP_TTL, 64);
	add_v4(&control, "192.0.2.1", "192.0.2.1");
	msg = msg_of(&control);
	assert_true(pktinfo_take(&msg, NOTHING_OWN, NULL, &found));
	assert_memory_equal(&found, &expected, sizeof(found));
	assert_true(pktinfo_take(&msg, BOTH, NULL, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ipv4_report_gives_the_destination),
		cmocka_unit_test(a_groups_address_is_nobodys),
		cmocka_unit_test(without_spec_dst_the_destination_serves),
		cmocka_unit_test(an_ipv6_report_gives_the_destination),
		cmocka_unit_test(a_v4_mapped_report_leaves_it_to_the_ipv4_one),
		cmocka_unit_test(a_report_among_others_is_read),
		cmocka_unit_test(a_truncated_report_teaches_nothing),
		cmocka_unit_test(nothing_teaches_nothing),
		cmocka_unit_test(the_program_sees_its_own_reports_only),
		cmocka_unit_test(a_report_alone_is_hidden_or_seen),
		cmocka_unit_test(a_hidden_report_truncates_nothing),
		cmocka_unit_test(no_sink_is_no_room),
	};

	return cmocka_run_group_tests_name("pktinfo", tests, NULL, NULL);
}
