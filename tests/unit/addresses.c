/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's addresses, as a list of changes: what a receiver that looks up the longest prefix, as
 * BPF_MAP_TYPE_LPM_TRIE does, may name as a source. */
#include "kernel/addresses.h"

#include "ctl/netlink.h"

#include "rtnetlink.h"

#include <errno.h>

/* ---- The host ----------------------------------------------------------------------------------
 */

struct line {
	uint16_t type; /* RTM_GETROUTE, RTM_GETADDR or RTM_GETRULE */
	unsigned char what;
	const char *text;
	int bits;
};

static const struct line *host;
static size_t host_count;
static int failing; /* the question that fails */

struct nlmsghdr *netlink_begin(
	void *request, uint16_t type, bool is_dump, size_t body_len, void *ret_body)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(request);

	assert_true(is_dump);
	message->nlmsg_type = type;
	*(void **)ret_body = mnl_nlmsg_put_extra_header(message, body_len);
	return message;
}

int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data)
{
	/* Each body begins with the family. */
	const unsigned char family = *(unsigned char *)mnl_nlmsg_get_payload(request);

	assert_int_equal(protocol, NETLINK_ROUTE);
	if (failing == request->nlmsg_type)
		return -ENOBUFS;
	for (size_t i = 0; i < host_count; i++) {
		const struct line *line = &host[i];
		struct nlmsghdr *message;

		if (line->type != request->nlmsg_type ||
			(family != AF_UNSPEC && family != family_of(line->text)))
			continue;
		if (line->type == RTM_GETROUTE) {
			message = route(line->what, RT_TABLE_LOCAL, line->text, line->bits);
		} else if (line->type == RTM_GETRULE) {
			message = rule(line->what, line->text, line->bits);
		} else {
			message = address(family_of(line->text), 0);
			put_address(message, IFA_ADDRESS, line->text);
		}
		assert_int_equal(each(message, data), MNL_CB_OK);
	}
	return 0;
}

/* ---- The receiver ------------------------------------------------------------------------------
 */

static struct {
	struct kernel_prefix prefix;
	bool may_be_source;
} map[16];
static size_t map_count;
static int added, removed;

static size_t find(const struct kernel_prefix *prefix)
{
	size_t i = 0;

	while (i < map_count && memcmp(&map[i].prefix, prefix, sizeof(*prefix)) != 0)
		i++;
	return i;
}

static void add_to_map(const struct kernel_prefix *prefix, bool may_be_source, void *data)
{
	const size_t i = find(prefix);

	(void)data;
	added++;
	assert_true(i < LENGTH(map));
	if (i == map_count)
		map_count++;
	map[i].prefix = *prefix;
	map[i].may_be_source = may_be_source;
}

static void remove_from_map(const struct kernel_prefix *prefix, void *data)
{
	const size_t i = find(prefix);

	(void)data;
	removed++;
	assert_true(i < map_count);
	map[i] = map[--map_count];
}

static bool has_bits(const unsigned char *addr, const struct kernel_prefix *prefix)
{
	const unsigned char *other = (const unsigned char *)prefix->addr;

	for (unsigned int bit = 0; bit < prefix->bits; bit++)
		if ((addr[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1)
			return false;
	return true;
}

/* Whether this address, an IPv4 one as v4-mapped, may be named. */
static bool is_named(const char *text)
{
	unsigned char addr[16];
	long longest = -1;
	bool result = false;

	assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	for (size_t i = 0; i < map_count; i++) {
		if (!has_bits(addr, &map[i].prefix) || (long)map[i].prefix.bits <= longest)
			continue;
		longest = map[i].prefix.bits;
		result = map[i].may_be_source;
	}
	return result;
}

static struct addresses *addresses;

static void refresh(const struct line *lines, size_t count)
{
	host = lines;
	host_count = count;
	added = removed = 0;
	assert_int_equal(addresses_refresh(addresses), 0);
}

static int start(void **state)
{
	static const struct addresses_receiver receiver = {add_to_map, remove_from_map, NULL};

	(void)state;
	map_count = 0;
	failing = 0;
	addresses = addresses_open(&receiver);
	return addresses == NULL;
}

/* ---- The tests ---------------------------------------------------------------------------------
 */

static void addresses_and_local_prefixes_are_named(void **state)
{
	static const struct line lines[] = {
		{RTM_GETROUTE, RTN_LOCAL, "192.0.2.1", 32},
		{RTM_GETROUTE, RTN_LOCAL, "198.51.100.0", 24},
		{RTM_GETROUTE, RTN_BROADCAST, "192.0.2.255", 32},
		{RTM_GETROUTE, RTN_BROADCAST, "198.51.100.7", 32},
		{RTM_GETROUTE, RTN_LOCAL, "2001:db8::1", 128},
		{RTM_GETADDR, 0, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "2001:db8::2", 128},
	};

	(void)state;
	refresh(lines, LENGTH(lines));
	assert_true(is_named("::ffff:192.0.2.1"));
	assert_true(is_named("::ffff:198.51.100.99"));
	assert_true(is_named("2001:db8::1"));
	assert_true(is_named("2001:db8::2"));
	assert_false(is_named("::ffff:192.0.2.255"));
	assert_false(is_named("::ffff:198.51.100.7"));
	assert_false(is_named("::ffff:192.0.2.2"));
	/* What is said twice is one. */
	assert_int_equal(added, 6);
	assert_int_equal(removed, 0);
}

/* In a /31 the host's address may be the broadcast address, too. */
static void an_address_counts_before_a_broadcast_route(void **state)
{
	static const struct line lines[] = {
		{RTM_GETROUTE, RTN_BROADCAST, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "192.0.2.3", 32},
		{RTM_GETROUTE, RTN_BROADCAST, "192.0.2.3", 32},
	};

	(void)state;
	refresh(lines, LENGTH(lines));
	assert_true(is_named("::ffff:192.0.2.1"));
	assert_true(is_named("::ffff:192.0.2.3"));
}

static void what_a_rule_refuses_is_not_named(void **state)
{
	static const struct line lines[] = {
		{RTM_GETADDR, 0, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "192.0.2.2", 32},
		{RTM_GETADDR, 0, "192.0.2.3", 32},
		{RTM_GETADDR, 0, "192.0.2.4", 32},
		{RTM_GETADDR, 0, "2001:db8::1", 128},
		{RTM_GETROUTE, RTN_LOCAL, "198.51.100.0", 24},
		{RTM_GETRULE, FR_ACT_PROHIBIT, "192.0.2.2", 31},
		{RTM_GETRULE, FR_ACT_BLACKHOLE, "198.51.100.128", 25},
		{RTM_GETRULE, FR_ACT_UNREACHABLE, "2001:db8::", 64},
	};
	static const struct line without[] = {{RTM_GETADDR, 0, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "192.0.2.2", 32}, {RTM_GETADDR, 0, "2001:db8::1", 128}};

	(void)state;
	refresh(lines, LENGTH(lines));
	assert_true(is_named("::ffff:192.0.2.1"));
	assert_false(is_named("::ffff:192.0.2.2"));
	assert_false(is_named("::ffff:192.0.2.3"));
	assert_true(is_named("::ffff:192.0.2.4"));
	assert_true(is_named("::ffff:198.51.100.127"));
	assert_false(is_named("::ffff:198.51.100.128"));
	assert_false(is_named("2001:db8::1"));
	/* The rules have gone. */
	refresh(without, LENGTH(without));
	assert_true(is_named("::ffff:192.0.2.2"));
	assert_true(is_named("2001:db8::1"));
	assert_false(is_named("::ffff:198.51.100.1"));
}

static void only_what_differs_is_reported(void **state)
{
	static const struct line lines[] = {{RTM_GETADDR, 0, "192.0.2.1", 32},
		{RTM_GETADDR, 0, "192.0.2.2", 32}, {RTM_GETADDR, 0, "192.0.2.3", 32}};

	(void)state;
	refresh(lines, 3);
	assert_int_equal(added, 3);
	refresh(lines, 3);
	assert_int_equal(added + removed, 0);
	refresh(lines + 1, 2);
	assert_int_equal(added, 0);
	assert_int_equal(removed, 1);
	assert_false(is_named("::ffff:192.0.2.1"));
	refresh(lines, 1);
	assert_int_equal(added, 1);
	assert_int_equal(removed, 2);
	refresh(lines, 0);
	assert_int_equal(map_count, 0);
}

static void a_question_that_fails_changes_nothing(void **state)
{
	static const struct line lines[] = {{RTM_GETADDR, 0, "192.0.2.1", 32}};
	static const int questions[] = {RTM_GETROUTE, RTM_GETRULE, RTM_GETADDR};

	(void)state;
	refresh(lines, 1);
	host_count = 0;
	for (size_t i = 0; i < LENGTH(questions); i++) {
		failing = questions[i];
		assert_int_equal(addresses_refresh(addresses), -ENOBUFS);
		assert_true(is_named("::ffff:192.0.2.1"));
	}
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_and_local_prefixes_are_named),
		TEST(an_address_counts_before_a_broadcast_route),
		TEST(what_a_rule_refuses_is_not_named),
		TEST(only_what_differs_is_reported),
		TEST(a_question_that_fails_changes_nothing),
	};

	return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
