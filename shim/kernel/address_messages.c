/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/address_messages.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

static bool set_prefix(unsigned int family, const struct nlattr *addr, unsigned int bits,
	struct kernel_prefix *ret)
{
	const size_t len = family == AF_INET ? 4 : 16;

	if ((family != AF_INET && family != AF_INET6) || mnl_attr_get_payload_len(addr) != len ||
		bits > 8 * len)
		return false;
	memset(ret, 0, sizeof(*ret));
	if (family == AF_INET)
		ret->addr[2] = htonl(0xffff);
	memcpy(family == AF_INET ? &ret->addr[3] : ret->addr, mnl_attr_get_payload(addr), len);
	ret->bits = family == AF_INET ? 96 + bits : bits;
	return true;
}

static bool is_of(const struct nlmsghdr *message, uint16_t new, uint16_t deleted, size_t body)
{
	return (message->nlmsg_type == new || message->nlmsg_type == deleted) &&
	       mnl_nlmsg_get_payload_len(message) >= body;
}

bool address_message_route(const struct nlmsghdr *message, struct address_entry *ret)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *destination = NULL;
	uint32_t table;

	if (!is_of(message, RTM_NEWROUTE, RTM_DELROUTE, sizeof(*route)) ||
		(route->rtm_type != RTN_LOCAL && route->rtm_type != RTN_ANYCAST &&
			route->rtm_type != RTN_BROADCAST))
		return false;
	table = route->rtm_table;
	mnl_attr_for_each(attr, message, sizeof(*route))
	{
		if (mnl_attr_get_type(attr) == RTA_TABLE &&
			mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			table = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == RTA_DST)
			destination = attr;
	}
	ret->may_be_source = route->rtm_type != RTN_BROADCAST;
	return table == RT_TABLE_LOCAL && destination != NULL &&
	       set_prefix(route->rtm_family, destination, route->rtm_dst_len, &ret->prefix);
}

bool address_message_address(const struct nlmsghdr *message, struct address_entry *ret)
{
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *found = NULL;
	uint32_t flags;

	if (!is_of(message, RTM_NEWADDR, RTM_DELADDR, sizeof(*address)))
		return false;
	flags = address->ifa_flags;
	mnl_attr_for_each(attr, message, sizeof(*address))
	{
		const unsigned int type = mnl_attr_get_type(attr);

		if (type == IFA_FLAGS && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			flags = mnl_attr_get_u32(attr);
		/* Of a point-to-point link, IFA_ADDRESS is the other end's. */
		if (type == IFA_LOCAL || (type == IFA_ADDRESS && found == NULL))
			found = attr;
	}
	ret->may_be_source = true;
	return found != NULL && !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) &&
	       set_prefix(address->ifa_family, found, address->ifa_family == AF_INET ? 32 : 128,
		       &ret->prefix);
}

bool address_message_rule(const struct nlmsghdr *message, struct address_entry *ret)
{
	const struct fib_rule_hdr *rule = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *source = NULL;
	bool is_for_forwarded = false;

	if (!is_of(message, RTM_NEWRULE, RTM_DELRULE, sizeof(*rule)) ||
		(rule->action != FR_ACT_UNREACHABLE && rule->action != FR_ACT_PROHIBIT &&
			rule->action != FR_ACT_BLACKHOLE))
		return false;
	mnl_attr_for_each(attr, message, sizeof(*rule))
	{
		if (mnl_attr_get_type(attr) == FRA_SRC)
			source = attr;
		/* What the host sends itself comes in on lo. */
		if (mnl_attr_get_type(attr) == FRA_IIFNAME &&
			mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
			is_for_forwarded = strcmp(mnl_attr_get_str(attr), "lo") != 0;
	}
	ret->may_be_source = false;
	return source != NULL && !is_for_forwarded &&
	       set_prefix(rule->family, source, rule->src_len, &ret->prefix);
}
