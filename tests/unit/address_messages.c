/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtnetlink(7) says of addresses that may be sources: messages of the kernel's form, each also
 * cut short. */
#include "kernel/address_messages.h"

#include "rtnetlink.h"

typedef bool reader(const struct nlmsghdr *message, struct address_entry *ret);

/* text is the prefix's address, an IPv4 one as v4-mapped. */
static void assert_read(reader *read, const struct nlmsghdr *message, const char *text,
	unsigned int bits, bool may_be_source)
{
	struct address_entry entry;
	unsigned char expected[16];

	memset(&entry, 0xa5, sizeof(entry));
	assert_int_equal(inet_pton(AF_INET6, text, expected), 1);
	assert_true(read(message, &entry));
	assert_memory_equal(entry.prefix.addr, expected, sizeof(expected));
	assert_int_equal(entry.prefix.bits, bits);
	assert_int_equal(entry.may_be_source, may_be_source);
}

static void assert_ignored(reader *read, const struct nlmsghdr *message)
{
	struct address_entry entry;

	assert_false(read(message, &entry));
}

static void routes_of_the_local_table_count(void **state)
{
	struct nlmsghdr *message;

	(void)state;
	assert_read(address_message_route, route(RTN_LOCAL, RT_TABLE_LOCAL, "192.0.2.0", 24),
		"::ffff:192.0.2.0", 120, true);
	assert_read(address_message_route, route(RTN_LOCAL, RT_TABLE_LOCAL, "2001:db8::", 64),
		"2001:db8::", 64, true);
	assert_read(address_message_route, route(RTN_ANYCAST, RT_TABLE_LOCAL, "2001:db8::", 128),
		"2001:db8::", 128, true);
	assert_ignored(address_message_route, route(RTN_UNICAST, RT_TABLE_LOCAL, "192.0.2.0", 24));
	assert_ignored(address_message_route, route(RTN_LOCAL, RT_TABLE_MAIN, "192.0.2.0", 24));
	assert_ignored(address_message_route, route(RTN_LOCAL, RT_TABLE_LOCAL, "192.0.2.0", 33));
	/* The attribute, if there is one, has the number of the table. */
	message = route(RTN_LOCAL, RT_TABLE_COMPAT, "192.0.2.1", 32);
	mnl_attr_put_u32(message, RTA_TABLE, RT_TABLE_LOCAL);
	assert_read(address_message_route, message, "::ffff:192.0.2.1", 128, true);
	message = route(RTN_LOCAL, RT_TABLE_LOCAL, "192.0.2.1", 32);
	mnl_attr_put_u32(message, RTA_TABLE, 1000);
	assert_ignored(address_message_route, message);
}

static void a_broadcast_address_is_no_source(void **state)
{
	(void)state;
	assert_read(address_message_route, route(RTN_BROADCAST, RT_TABLE_LOCAL, "192.0.2.255", 32),
		"::ffff:192.0.2.255", 128, false);
}

static void what_is_deleted_is_read_as_well(void **state)
{
	struct nlmsghdr *message = route(RTN_LOCAL, RT_TABLE_LOCAL, "192.0.2.1", 32);

	(void)state;
	message->nlmsg_type = RTM_DELROUTE;
	assert_read(address_message_route, message, "::ffff:192.0.2.1", 128, true);
	message->nlmsg_type = RTM_NEWADDR;
	assert_ignored(address_message_route, message);
}

/* Of a point-to-point link, IFA_ADDRESS is the other end's, whichever comes first. */
static void this_ends_address_counts(void **state)
{
	struct nlmsghdr *message = address(AF_INET, 0);

	(void)state;
	put_address(message, IFA_ADDRESS, "192.0.2.2");
	put_address(message, IFA_LOCAL, "192.0.2.1");
	assert_read(address_message_address, message, "::ffff:192.0.2.1", 128, true);
	message = address(AF_INET6, 0);
	put_address(message, IFA_LOCAL, "2001:db8::1");
	put_address(message, IFA_ADDRESS, "2001:db8::2");
	assert_read(address_message_address, message, "2001:db8::1", 128, true);
	message = address(AF_INET6, 0);
	put_address(message, IFA_ADDRESS, "2001:db8::1");
	assert_read(address_message_address, message, "2001:db8::1", 128, true);
	assert_ignored(address_message_address, address(AF_INET, 0));
}

static void an_address_that_may_be_anothers_waits(void **state)
{
	static const unsigned int flags[] = {IFA_F_TENTATIVE, IFA_F_DADFAILED};
	struct nlmsghdr *message;

	(void)state;
	for (size_t i = 0; i < LENGTH(flags); i++) {
		message = address(AF_INET6, flags[i]);
		put_address(message, IFA_ADDRESS, "2001:db8::1");
		assert_ignored(address_message_address, message);
		message = address(AF_INET6, 0);
		put_address(message, IFA_ADDRESS, "2001:db8::1");
		mnl_attr_put_u32(message, IFA_FLAGS, flags[i]);
		assert_ignored(address_message_address, message);
	}
}

static void rules_that_refuse_a_source_count(void **state)
{
	static const unsigned char actions[] = {
		FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT, FR_ACT_BLACKHOLE};
	struct nlmsghdr *message;

	(void)state;
	for (size_t i = 0; i < LENGTH(actions); i++)
		assert_read(address_message_rule, rule(actions[i], "192.0.2.0", 24),
			"::ffff:192.0.2.0", 120, false);
	assert_ignored(address_message_rule, rule(FR_ACT_TO_TBL, "192.0.2.0", 24));
	message = rule(FR_ACT_PROHIBIT, "192.0.2.0", 24);
	mnl_attr_put_strz(message, FRA_IIFNAME, "lo");
	assert_read(address_message_rule, message, "::ffff:192.0.2.0", 120, false);
	mnl_attr_put_strz(message, FRA_IIFNAME, "eth0");
	assert_ignored(address_message_rule, message);
}

static void short_messages_are_ignored(void **state)
{
	static const struct {
		reader *read;
		uint16_t type;
	} all[] = {{address_message_route, RTM_NEWROUTE}, {address_message_address, RTM_NEWADDR},
		{address_message_rule, RTM_NEWRULE}};
	struct nlmsghdr *message;

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++)
		assert_ignored(all[i].read, begin(all[i].type, "", 1));
	/* An address of the wrong length for its family. */
	message = address(AF_INET6, 0);
	put_address(message, IFA_ADDRESS, "192.0.2.1");
	assert_ignored(address_message_address, message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_of_the_local_table_count),
		cmocka_unit_test(a_broadcast_address_is_no_source),
		cmocka_unit_test(what_is_deleted_is_read_as_well),
		cmocka_unit_test(this_ends_address_counts),
		cmocka_unit_test(an_address_that_may_be_anothers_waits),
		cmocka_unit_test(rules_that_refuse_a_source_count),
		cmocka_unit_test(short_messages_are_ignored),
	};

	return cmocka_run_group_tests_name("address_messages", tests, NULL, NULL);
}
