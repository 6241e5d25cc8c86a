/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All is read again after each change, however small: what the kernel says as a whole is right even
 * where it reports no change, as it does not for the routes of a device that goes down.
 *
 * Until then what is reported as gone is gone: a reply from there would be lost.
 *
 * An address counts by itself, which also has those in VRFs; prefixes come from the local routing
 * table, whose routes of type local include those that an administrator made (AnyIP). In other
 * tables such routes mean something else (TPROXY).
 */
#include "kernel/addresses.h"

#include "ctl/list.h"
#include "ctl/netlink.h"
#include "kernel/address_messages.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct entries {
	struct address_entry *list;
	size_t count;
};

struct addresses {
	struct mnl_socket *socket;
	struct addresses_receiver receiver;
	struct entries known;
};

/* All that a refresh reads. */
struct reading {
	struct entries entries, refused;
};

static void append(struct entries *entries, const struct address_entry *entry)
{
	entries->list = list_extend(entries->list, entries->count, sizeof(*entry));
	entries->list[entries->count++] = *entry;
}

static int take(const struct nlmsghdr *message, void *data)
{
	struct reading *reading = data;
	struct address_entry entry;

	if (address_message_route(message, &entry) || address_message_address(message, &entry))
		append(&reading->entries, &entry);
	else if (address_message_rule(message, &entry))
		append(&reading->refused, &entry);
	return MNL_CB_OK;
}

static int dump_routes(unsigned char family, struct reading *ret)
{
	char buffer[NETLINK_REQUEST];
	struct rtmsg *route;
	struct nlmsghdr *request =
		netlink_begin(buffer, RTM_GETROUTE, true, sizeof(*route), &route);

	route->rtm_family = family;
	route->rtm_table = RT_TABLE_LOCAL;
	return netlink_ask(NETLINK_ROUTE, request, take, ret);
}

static int dump_rules(unsigned char family, struct reading *ret)
{
	char buffer[NETLINK_REQUEST];
	struct fib_rule_hdr *rule;
	struct nlmsghdr *request = netlink_begin(buffer, RTM_GETRULE, true, sizeof(*rule), &rule);
	int result;

	rule->family = family;
	result = netlink_ask(NETLINK_ROUTE, request, take, ret);
	/* A kernel without rules. */
	return result == -EOPNOTSUPP || result == -EAFNOSUPPORT ? 0 : result;
}

static int dump_addresses(struct reading *ret)
{
	char buffer[NETLINK_REQUEST];
	struct ifaddrmsg *address;
	struct nlmsghdr *request =
		netlink_begin(buffer, RTM_GETADDR, true, sizeof(*address), &address);

	address->ifa_family = AF_UNSPEC;
	return netlink_ask(NETLINK_ROUTE, request, take, ret);
}

static int compare_prefixes(const struct address_entry *a, const struct address_entry *b)
{
	return memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));
}

static int compare(const void *a, const void *b)
{
	const struct address_entry *one = a, *other = b;
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

static bool has_prefix(const struct kernel_prefix *longer, const struct kernel_prefix *prefix)
{
	const unsigned char *a = (const void *)longer->addr, *b = (const void *)prefix->addr;
	const unsigned int whole = prefix->bits / 8, rest = prefix->bits % 8;

	return longer->bits >= prefix->bits && memcmp(a, b, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* A reply from a source that routing refuses would be lost, and sent without one is not. */
static void apply_refused(struct reading *reading)
{
	struct entries *entries = &reading->entries;
	const size_t count = entries->count;

	for (size_t i = 0; i < reading->refused.count; i++) {
		const struct address_entry *refused = &reading->refused.list[i];

		for (size_t j = 0; j < count; j++)
			if (has_prefix(&entries->list[j].prefix, &refused->prefix))
				entries->list[j].may_be_source = false;
		append(entries, refused);
	}
	free(reading->refused.list);
}

/* Calls the receiver for the entries that only one list has, or that differ. */
static void report(const struct addresses *addresses, const struct entries *now, bool is_removal)
{
	const struct entries *here = is_removal ? &addresses->known : now;
	const struct entries *there = is_removal ? now : &addresses->known;
	const struct addresses_receiver *receiver = &addresses->receiver;

	for (size_t i = 0, j = 0; i < here->count; i++) {
		const struct address_entry *entry = &here->list[i];

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
				    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE |
				    1U << (RTNLGRP_IPV6_RULE - 1);

	ret->receiver = *receiver;
	ret->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (ret->socket == NULL || mnl_socket_bind(ret->socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		free(ret);
		return NULL;
	}
	return ret;
}

int addresses_fd(const struct addresses *addresses)
{
	return mnl_socket_get_fd(addresses->socket);
}

/* Removes at once what is gone, before all is read again. */
static void drop(struct addresses *addresses, const struct address_entry *gone)
{
	struct entries *known = &addresses->known;

	for (size_t i = 0; i < known->count; i++) {
		if (compare_prefixes(&known->list[i], gone) != 0)
			continue;
		addresses->receiver.remove(&gone->prefix, addresses->receiver.data);
		memmove(&known->list[i], &known->list[i + 1],
			(--known->count - i) * sizeof(*known->list));
		return;
	}
}

struct change {
	struct addresses *addresses;
	bool is_relevant;
};

/* Routes to other hosts do not count: a router's change all the time. */
static int take_change(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	struct change *change = data;
	struct address_entry entry;

	if ((message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_DELROUTE) &&
		mnl_nlmsg_get_payload_len(message) >= sizeof(*route) &&
		route->rtm_type == RTN_UNICAST)
		return MNL_CB_OK;
	change->is_relevant = true;
	if ((message->nlmsg_type == RTM_DELROUTE && address_message_route(message, &entry)) ||
		(message->nlmsg_type == RTM_DELADDR && address_message_address(message, &entry)))
		drop(change->addresses, &entry);
	return MNL_CB_OK;
}

bool addresses_have_changed(struct addresses *addresses)
{
	char buffer[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct change change = {addresses, false};
	ssize_t len;

	do {
		len = recv(addresses_fd(addresses), buffer, sizeof(buffer), 0);
		if (len > 0)
			mnl_cb_run(buffer, (size_t)len, 0, 0, take_change, &change);
		else if (len < 0 && errno == ENOBUFS) /* messages were lost */
			change.is_relevant = true;
	} while (len > 0 || (len < 0 && (errno == ENOBUFS || errno == EINTR)));
	return change.is_relevant;
}

int addresses_refresh(struct addresses *addresses)
{
	struct reading now = {.entries = {.count = 0}};
	int error;

	if ((error = dump_routes(AF_INET, &now)) != 0 ||
		(error = dump_routes(AF_INET6, &now)) != 0 ||
		(error = dump_rules(AF_INET, &now)) != 0 ||
		(error = dump_rules(AF_INET6, &now)) != 0 || (error = dump_addresses(&now)) != 0) {
		free(now.entries.list);
		free(now.refused.list);
		return error;
	}
	sort_and_merge(&now.entries);
	apply_refused(&now);
	sort_and_merge(&now.entries);
	report(addresses, &now.entries, false);
	report(addresses, &now.entries, true);
	free(addresses->known.list);
	addresses->known = now.entries;
	return 0;
}
