/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All is read again after each change, however small: what the kernel says as a whole is right even
 * where it reports no change, as it does not for the routes of a device that goes down.
 *
 * An address counts by itself, which also has those in VRFs; prefixes come from the local routing
 * table, whose routes of type local include those that an administrator made (AnyIP). In other
 * tables such routes mean something else (TPROXY).
 */
#include "kernel/addresses.h"

#include "ctl/list.h"
#include "ctl/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct entry {
	struct kernel_prefix prefix;
	bool may_be_source;
};

struct entries {
	struct entry *list;
	size_t count;
};

struct addresses {
	struct mnl_socket *socket;
	struct addresses_receiver receiver;
	struct entries known;
};

static bool set_prefix(unsigned int family, const void *addr, size_t len, unsigned int bits,
	struct kernel_prefix *ret)
{
	const size_t wanted = family == AF_INET ? 4 : 16;

	if ((family != AF_INET && family != AF_INET6) || len != wanted || bits > 8 * wanted)
		return false;
	memset(ret, 0, sizeof(*ret));
	if (family == AF_INET)
		ret->addr[2] = htonl(0xffff);
	memcpy(family == AF_INET ? &ret->addr[3] : ret->addr, addr, len);
	ret->bits = family == AF_INET ? 96 + bits : bits;
	return true;
}

static void append(struct entries *entries, const struct entry *entry)
{
	entries->list = list_extend(entries->list, entries->count, sizeof(*entry));
	entries->list[entries->count++] = *entry;
}

static int take_route(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	struct entry entry = {.may_be_source = false};
	const struct nlattr *attr;
	uint32_t table;

	if (message->nlmsg_type != RTM_NEWROUTE ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*route) ||
		(route->rtm_type != RTN_LOCAL && route->rtm_type != RTN_BROADCAST &&
			route->rtm_type != RTN_ANYCAST))
		return MNL_CB_OK;
	table = route->rtm_table;
	entry.may_be_source = route->rtm_type == RTN_LOCAL;
	mnl_attr_for_each(attr, message, sizeof(*route))
	{
		if (mnl_attr_get_type(attr) == RTA_TABLE &&
			mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			table = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == RTA_DST &&
			!set_prefix(route->rtm_family, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr), route->rtm_dst_len, &entry.prefix))
			return MNL_CB_OK;
	}
	if (table == RT_TABLE_LOCAL && entry.prefix.bits != 0)
		append(data, &entry);
	return MNL_CB_OK;
}

static int take_address(const struct nlmsghdr *message, void *data)
{
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
	struct entry entry = {.may_be_source = true};
	const struct nlattr *attr, *found = NULL;
	uint32_t flags;

	if (message->nlmsg_type != RTM_NEWADDR ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*address))
		return MNL_CB_OK;
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
	if (found != NULL && !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) &&
		set_prefix(address->ifa_family, mnl_attr_get_payload(found),
			mnl_attr_get_payload_len(found), address->ifa_family == AF_INET ? 32 : 128,
			&entry.prefix))
		append(data, &entry);
	return MNL_CB_OK;
}

static int dump_routes(unsigned char family, struct entries *ret)
{
	char buffer[NETLINK_REQUEST];
	struct rtmsg *route;
	struct nlmsghdr *request =
		netlink_begin(buffer, RTM_GETROUTE, true, sizeof(*route), &route);

	route->rtm_family = family;
	route->rtm_table = RT_TABLE_LOCAL;
	return netlink_ask(NETLINK_ROUTE, request, take_route, ret);
}

static int dump_addresses(struct entries *ret)
{
	char buffer[NETLINK_REQUEST];
	struct ifaddrmsg *address;
	struct nlmsghdr *request =
		netlink_begin(buffer, RTM_GETADDR, true, sizeof(*address), &address);

	address->ifa_family = AF_UNSPEC;
	return netlink_ask(NETLINK_ROUTE, request, take_address, ret);
}

static int compare_prefixes(const struct entry *a, const struct entry *b)
{
	return memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));
}

static int compare(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int result = compare_prefixes(one, other);

	/* Of two with the same prefix, the one that may be a source comes first, and counts. */
	return result != 0 ? result : other->may_be_source - one->may_be_source;
}

static void sort_and_merge(struct entries *entries)
{
	size_t kept = 0;

	if (entries->count == 0)
		return;
	qsort(entries->list, entries->count, sizeof(*entries->list), compare);
	for (size_t i = 1; i < entries->count; i++)
		if (compare_prefixes(&entries->list[kept], &entries->list[i]) != 0)
			entries->list[++kept] = entries->list[i];
	entries->count = kept + 1;
}

/* Calls the receiver for the entries that only one list has, or that differ. */
static void report(const struct addresses *addresses, const struct entries *now, bool is_removal)
{
	const struct entries *here = is_removal ? &addresses->known : now;
	const struct entries *there = is_removal ? now : &addresses->known;
	const struct addresses_receiver *receiver = &addresses->receiver;

	for (size_t i = 0, j = 0; i < here->count; i++) {
		const struct entry *entry = &here->list[i];

		while (j < there->count && compare_prefixes(&there->list[j], entry) < 0)
			j++;
		if (j < there->count && compare_prefixes(&there->list[j], entry) == 0 &&
			(is_removal || there->list[j].may_be_source == entry->may_be_source))
			continue;
		if (is_removal)
			receiver->remove(&entry->prefix, receiver->data);
		else
			receiver->add(&entry->prefix, entry->may_be_source, receiver->data);
	}
}

struct addresses *addresses_open(const struct addresses_receiver *receiver)
{
	struct addresses *ret = or_fail(calloc(1, sizeof(*ret)));
	const unsigned int groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
				    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

	ret->receiver = *receiver;
	ret->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (ret->socket == NULL || mnl_socket_bind(ret->socket, groups, MNL_SOCKET_AUTOPID) < 0)
		return NULL;
	return ret;
}

int addresses_fd(const struct addresses *addresses)
{
	return mnl_socket_get_fd(addresses->socket);
}

/* Whether what the socket received can be about an address: a router's routes to other hosts change
 * all the time. */
static int is_about_addresses(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	bool *ret = data;

	if (message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE)
		*ret = true;
	else if (mnl_nlmsg_get_payload_len(message) >= sizeof(*route))
		*ret |= route->rtm_type != RTN_UNICAST;
	return MNL_CB_OK;
}

bool addresses_have_changed(struct addresses *addresses)
{
	char buffer[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool have_changed = false;
	ssize_t len;

	do {
		len = recv(addresses_fd(addresses), buffer, sizeof(buffer), 0);
		if (len > 0)
			mnl_cb_run(buffer, (size_t)len, 0, 0, is_about_addresses, &have_changed);
		else if (len < 0 && errno == ENOBUFS) /* messages were lost */
			have_changed = true;
	} while (len > 0 || (len < 0 && (errno == ENOBUFS || errno == EINTR)));
	return have_changed;
}

int addresses_refresh(struct addresses *addresses)
{
	struct entries now = {.count = 0};
	int error;

	if ((error = dump_routes(AF_INET, &now)) != 0 ||
		(error = dump_routes(AF_INET6, &now)) != 0 || (error = dump_addresses(&now)) != 0) {
		free(now.list);
		return error;
	}
	sort_and_merge(&now);
	report(addresses, &now, false);
	report(addresses, &now, true);
	free(addresses->known.list);
	addresses->known = now;
	return 0;
}
