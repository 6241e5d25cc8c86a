/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as rtnetlink(7) has them, for the tests of kernel/. Each replaces the one before. */
#ifndef RTNETLINK_H
#define RTNETLINK_H

#include "unit.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

enum { ROOM = 512 };

static _Alignas(struct nlmsghdr) char buffer[ROOM];

static inline struct nlmsghdr *begin(uint16_t type, const void *body, size_t size)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(memset(buffer, 0, sizeof(buffer)));

	message->nlmsg_type = type;
	memcpy(mnl_nlmsg_put_extra_header(message, size), body, size);
	return message;
}

static inline void put_address(struct nlmsghdr *message, uint16_t type, const char *text)
{
	unsigned char bytes[16];
	const bool is_v4 = strchr(text, ':') == NULL;

	assert_int_equal(inet_pton(is_v4 ? AF_INET : AF_INET6, text, bytes), 1);
	mnl_attr_put(message, type, is_v4 ? 4 : 16, bytes);
}

static inline unsigned char family_of(const char *text)
{
	return strchr(text, ':') == NULL ? AF_INET : AF_INET6;
}

static inline struct nlmsghdr *route(
	unsigned char type, unsigned char table, const char *text, int bits)
{
	const struct rtmsg body = {.rtm_family = family_of(text),
		.rtm_type = type,
		.rtm_table = table,
		.rtm_dst_len = (unsigned char)bits};
	struct nlmsghdr *message = begin(RTM_NEWROUTE, &body, sizeof(body));

	put_address(
		message, RTA_PREFSRC, family_of(text) == AF_INET ? "192.0.2.99" : "2001:db8::99");
	put_address(message, RTA_DST, text);
	return message;
}

static inline struct nlmsghdr *address(int family, unsigned int flags)
{
	const struct ifaddrmsg body = {.ifa_family = (unsigned char)family,
		.ifa_prefixlen = 24,
		.ifa_flags = (unsigned char)flags};

	return begin(RTM_NEWADDR, &body, sizeof(body));
}

static inline struct nlmsghdr *rule(unsigned char action, const char *text, int bits)
{
	const struct fib_rule_hdr body = {
		.family = family_of(text), .action = action, .src_len = (unsigned char)bits};
	struct nlmsghdr *message = begin(RTM_NEWRULE, &body, sizeof(body));

	put_address(message, FRA_DST, family_of(text) == AF_INET ? "203.0.113.0" : "2001:db8:1::");
	put_address(message, FRA_SRC, text);
	return message;
}

#endif
