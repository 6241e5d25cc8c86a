/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's messages about sockets, addresses, routes and rules (netlink(7)), as audit and the
 * kernel back end read them. The input is a type and a body, any bytes. None is read beyond its
 * end, and what is found is what the message can say.
 */
#include "ctl/audit/diag.h"
#include "ctl/audit/routes.h"
#include "kernel/address_messages.h"

#include "fuzz.h"

#include <linux/fib_rules.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <string.h>

static const uint16_t types[] = {SOCK_DIAG_BY_FAMILY, RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE,
	RTM_DELROUTE, RTM_NEWRULE, RTM_DELRULE, NLMSG_DONE};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

static size_t seed_socket(struct nlmsghdr *message)
{
	struct inet_diag_msg *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	body->idiag_family = AF_INET6;
	mnl_attr_put_u8(message, INET_DIAG_SKV6ONLY, 0);
	mnl_attr_put_u64(message, 21 /* INET_DIAG_CGROUP_ID */, 7);
	return 0;
}

static size_t seed_address(struct nlmsghdr *message)
{
	struct ifaddrmsg *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	body->ifa_family = AF_INET;
	mnl_attr_put_u32(message, IFA_ADDRESS, htonl(0xc0000201));
	mnl_attr_put_u32(message, IFA_LOCAL, htonl(0xc0000202));
	mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_PERMANENT);
	return 1;
}

static size_t seed_route(struct nlmsghdr *message)
{
	static const uint8_t prefix[16] = {0x20, 1, 0xd, 0xb8};
	struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	body->rtm_family = AF_INET6;
	body->rtm_dst_len = 32;
	body->rtm_type = RTN_UNICAST;
	body->rtm_table = RT_TABLE_MAIN;
	mnl_attr_put(message, RTA_DST, sizeof(prefix), prefix);
	mnl_attr_put(message, RTA_GATEWAY, sizeof(prefix), prefix);
	mnl_attr_put_u32(message, RTA_TABLE, RT_TABLE_MAIN);
	mnl_attr_put_u32(message, RTA_OIF, 2);
	return 3;
}

static size_t seed_local_route(struct nlmsghdr *message)
{
	struct rtmsg *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	body->rtm_family = AF_INET;
	body->rtm_dst_len = 24;
	body->rtm_type = RTN_LOCAL;
	body->rtm_table = RT_TABLE_LOCAL;
	mnl_attr_put_u32(message, RTA_DST, htonl(0xc0000200));
	mnl_attr_put_u32(message, RTA_TABLE, RT_TABLE_LOCAL);
	return 3;
}

static size_t seed_rule(struct nlmsghdr *message)
{
	struct fib_rule_hdr *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	body->family = AF_INET;
	body->src_len = 24;
	body->action = FR_ACT_UNREACHABLE;
	mnl_attr_put_u32(message, FRA_SRC, htonl(0xc0000200));
	return 5;
}

/* A byte for the type, then the body. */
size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	static size_t (*const make[])(struct nlmsghdr *) = {
		seed_socket, seed_address, seed_route, seed_local_route, seed_rule};
	_Alignas(NLMSG_ALIGNTO) char buffer[FUZZ_INPUT_MAX] = {0};
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	if (index >= sizeof(make) / sizeof(make[0]))
		return 0;
	data[0] = (uint8_t)make[index](message);
	memcpy(data + 1, mnl_nlmsg_get_payload(message), mnl_nlmsg_get_payload_len(message));
	return 1 + mnl_nlmsg_get_payload_len(message);
}

static void check_route(const struct nlmsghdr *message)
{
	struct host_address own = {.addr = {{htonl(0x20010db8), 0, 0, htonl(1)}}};
	const struct host host = {.addresses = &own, .address_count = 1};
	struct address client;
	struct route route;

	if (!routes_parse_route(message, &route))
		return;
	FUZZ_CHECK(route.len <= 128);
	if (routes_find_client(&route, &host, &client))
		FUZZ_CHECK(!routes_has_address(&host, &client));
}

static void check_entry(bool is_one, const struct address_entry *entry)
{
	if (is_one)
		FUZZ_CHECK(entry->prefix.bits <= 128);
}

static void check_message(const struct nlmsghdr *message)
{
	struct host_address address;
	struct address_entry entry;
	struct found found;

	if (diag_parse(message, IPPROTO_UDP, &found))
		FUZZ_CHECK(message->nlmsg_type == SOCK_DIAG_BY_FAMILY);
	routes_parse_address(message, &address);
	check_route(message);
	check_entry(address_message_route(message, &entry), &entry);
	check_entry(address_message_address(message, &entry), &entry);
	check_entry(address_message_rule(message, &entry), &entry);
}

/* From memory that ends with the message, but for what aligns it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *message;

	if (size == 0)
		return 0;
	message = calloc(1, MNL_ALIGN(sizeof(*message) + size - 1));
	FUZZ_CHECK(message != NULL);
	message->nlmsg_len = (uint32_t)(sizeof(*message) + size - 1);
	message->nlmsg_type = types[data[0] % TYPES];
	memcpy((char *)message + sizeof(*message), data + 1, size - 1);
	check_message(message);
	free(message);
	return 0;
}
