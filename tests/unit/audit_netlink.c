/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What audit reads from netlink and /proc: sockets, addresses, routes, units; and that no bytes
 * make it read beyond a message. */
#include "ctl/audit/diag.h"
#include "ctl/audit/routes.h"
#include "ctl/netlink.h"

#include "unit.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

static char buffer[NETLINK_REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));

static struct nlmsghdr *socket_message(unsigned char family, const char *addr, int v6only)
{
	struct inet_diag_msg *body;
	struct nlmsghdr *message;

	memset(buffer, 0, sizeof(buffer));
	message = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true, sizeof(*body), &body);
	body->idiag_family = family;
	body->id.idiag_sport = htons(53);
	assert_int_equal(inet_pton(family, addr, body->id.idiag_src), 1);
	body->idiag_inode = 77;
	body->idiag_uid = 5;
	body->id.idiag_if = 3;
	if (v6only >= 0)
		mnl_attr_put_u8(message, INET_DIAG_SKV6ONLY, (uint8_t)v6only);
	return message;
}

static void takes(unsigned char family, const char *addr, int v6only, bool v4, bool v6)
{
	struct found found;

	assert_true(diag_parse(socket_message(family, addr, v6only), IPPROTO_UDP, &found));
	assert_int_equal(found.takes_v4, v4);
	assert_int_equal(found.takes_v6, v6);
	assert_int_equal(found.port, 53);
	assert_int_equal(found.inode, 77);
	assert_int_equal(found.uid, 5);
	assert_int_equal(found.ifindex, 3);
}

static void what_a_socket_takes(void **state)
{
	(void)state;
	takes(AF_INET, "0.0.0.0", -1, true, false);
	takes(AF_INET, "192.0.2.1", -1, true, false);
	takes(AF_INET6, "::", 0, true, true);
	takes(AF_INET6, "::", 1, false, true);
	takes(AF_INET6, "::ffff:0.0.0.0", 0, true, false);
	takes(AF_INET6, "2001:db8::1", 0, false, true);
}

static void the_control_group_of_a_socket(void **state)
{
	struct nlmsghdr *message = socket_message(AF_INET6, "::", 1);
	const uint64_t cgroup = 0x123456789abcdef0;
	struct found found;

	(void)state;
	assert_true(diag_parse(message, IPPROTO_UDP, &found));
	assert_int_equal(found.cgroup, 0);
	mnl_attr_put_u64(message, 21, cgroup); /* INET_DIAG_CGROUP_ID */
	assert_true(diag_parse(message, IPPROTO_UDP, &found));
	assert_int_equal(found.cgroup, cgroup);
	assert_false(found.takes_v4);
	/* A shorter one is none. */
	message = socket_message(AF_INET6, "::", 1);
	mnl_attr_put_u32(message, 21, 5);
	assert_true(diag_parse(message, IPPROTO_UDP, &found));
	assert_int_equal(found.cgroup, 0);
}

static void other_messages_are_no_sockets(void **state)
{
	struct nlmsghdr *message = socket_message(AF_INET6, "::", 0);
	struct found found;

	(void)state;
	message->nlmsg_type = NLMSG_DONE;
	assert_false(diag_parse(message, IPPROTO_UDP, &found));
	message = socket_message(AF_INET, "0.0.0.0", -1);
	message->nlmsg_len = MNL_NLMSG_HDRLEN + sizeof(struct inet_diag_msg) - 1;
	assert_false(diag_parse(message, IPPROTO_UDP, &found));
}

static struct nlmsghdr *address_message(const char *local, const char *addr, uint8_t flags)
{
	struct ifaddrmsg *body;
	struct nlmsghdr *message;
	unsigned char family = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET, bytes[16];
	size_t len = family == AF_INET ? 4 : 16;

	memset(buffer, 0, sizeof(buffer));
	message = netlink_begin(buffer, RTM_NEWADDR, true, sizeof(*body), &body);
	body->ifa_family = family;
	body->ifa_index = 2;
	body->ifa_flags = flags;
	inet_pton(family, addr, bytes);
	mnl_attr_put(message, IFA_ADDRESS, len, bytes);
	if (local != NULL) {
		inet_pton(family, local, bytes);
		mnl_attr_put(message, IFA_LOCAL, len, bytes);
	}
	return message;
}

static void the_addresses_that_count(void **state)
{
	struct host_address address;
	char text[ENDPOINT_TEXT];

	(void)state;
	assert_true(routes_parse_address(address_message("192.0.2.1", "192.0.2.9", 0), &address));
	assert_string_equal(address_format(&address.addr, text), "192.0.2.1");
	assert_int_equal(address.ifindex, 2);
	assert_true(routes_parse_address(address_message(NULL, "2001:db8::1", 0), &address));
	assert_false(routes_parse_address(address_message(NULL, "fe80::1", 0), &address));
	assert_false(routes_parse_address(address_message(NULL, "::1", 0), &address));
	assert_false(routes_parse_address(address_message("127.0.0.2", "127.0.0.2", 0), &address));
	assert_false(routes_parse_address(
		address_message(NULL, "2001:db8::1", IFA_F_TENTATIVE), &address));
}

static struct nlmsghdr *route_message(
	const char *prefix, unsigned char len, unsigned char type, uint32_t table)
{
	struct rtmsg *body;
	struct nlmsghdr *message;
	unsigned char family = strchr(prefix, ':') != NULL ? AF_INET6 : AF_INET, bytes[16];

	memset(buffer, 0, sizeof(buffer));
	message = netlink_begin(buffer, RTM_NEWROUTE, true, sizeof(*body), &body);
	body->rtm_family = family;
	body->rtm_dst_len = len;
	body->rtm_type = type;
	body->rtm_table = RT_TABLE_UNSPEC;
	inet_pton(family, prefix, bytes);
	if (len > 0)
		mnl_attr_put(message, RTA_DST, family == AF_INET ? 4 : 16, bytes);
	mnl_attr_put_u32(message, RTA_TABLE, table);
	return message;
}

static void client_is(const char *prefix, unsigned char len, const char *expected)
{
	struct host_address own[2];
	struct host host = {.addresses = own, .address_count = 2};
	struct address client;
	char text[ENDPOINT_TEXT];
	struct route route;

	assert_true(routes_parse_address(address_message("192.0.2.1", "192.0.2.1", 0), &own[0]));
	assert_true(routes_parse_address(address_message(NULL, "2001:db8::1", 0), &own[1]));
	assert_true(
		routes_parse_route(route_message(prefix, len, RTN_UNICAST, RT_TABLE_MAIN), &route));
	if (expected == NULL) {
		assert_false(routes_find_client(&route, &host, &client));
		return;
	}
	assert_true(routes_find_client(&route, &host, &client));
	assert_string_equal(address_format(&client, text), expected);
}

static void a_client_behind_each_route(void **state)
{
	struct route route;

	(void)state;
	client_is("192.0.2.0", 24, "192.0.2.2");
	client_is("192.0.2.0", 31, "192.0.2.0");
	client_is("192.0.2.1", 32, NULL);
	client_is("198.51.100.7", 32, "198.51.100.7");
	client_is("0.0.0.0", 0, "203.0.113.1");
	client_is("2001:db8::", 64, "2001:db8::2");
	client_is("::", 0, "2001:db8:ffff::1");
	assert_false(routes_parse_route(
		route_message("192.0.2.0", 24, RTN_LOCAL, RT_TABLE_MAIN), &route));
	assert_false(routes_parse_route(route_message("192.0.2.0", 24, RTN_UNICAST, 100), &route));
	assert_false(routes_parse_route(
		route_message("fe80::", 64, RTN_UNICAST, RT_TABLE_MAIN), &route));
	assert_false(
		routes_parse_route(route_message("ff00::", 8, RTN_UNICAST, RT_TABLE_MAIN), &route));
	assert_false(routes_parse_route(
		route_message("192.0.2.0", 33, RTN_UNICAST, RT_TABLE_MAIN), &route));
}

/* Random attributes after a body of each kind, in memory that ends where the message does, for
 * valgrind and AddressSanitizer to see. */
static void no_bytes_make_it_read_beyond(void **state)
{
	static const uint16_t types[] = {SOCK_DIAG_BY_FAMILY, RTM_NEWADDR, RTM_NEWROUTE};
	struct dice dice = {1};

	(void)state;
	for (int i = 0; i < runs(200000); i++) {
		size_t len = MNL_NLMSG_HDRLEN + dice_below(&dice, 160);
		struct nlmsghdr *message = malloc(MNL_ALIGN(len));
		struct host_address address;
		struct found found;
		struct route route;

		assert_non_null(message);
		dice_fill(&dice, message, MNL_ALIGN(len));
		message->nlmsg_len = (uint32_t)len;
		message->nlmsg_type = types[i % 3];
		if (len > MNL_NLMSG_HDRLEN)
			((char *)message)[MNL_NLMSG_HDRLEN] = i % 2 ? AF_INET : AF_INET6;
		diag_parse(message, IPPROTO_UDP, &found);
		routes_parse_address(message, &address);
		routes_parse_route(message, &route);
		free(message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_socket_takes),
		cmocka_unit_test(the_control_group_of_a_socket),
		cmocka_unit_test(other_messages_are_no_sockets),
		cmocka_unit_test(the_addresses_that_count),
		cmocka_unit_test(a_client_behind_each_route),
		cmocka_unit_test(no_bytes_make_it_read_beyond),
	};

	return cmocka_run_group_tests_name("audit_netlink", tests, NULL, NULL);
}
