/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/routes.h"

#include "ctl/list.h"
#include "ctl/netlink.h"

#include <linux/rtnetlink.h>
#include <string.h>

/* Kinds of clients that are asked for. A router has many routes and few gateways. */
enum { ROUTES_MAX = 256 };

enum { V4_BITS = 96, ALL_BITS = 128 };

struct routes {
	struct route items[ROUTES_MAX];
	size_t count;
};

static bool read_attr(const struct nlattr *attr, unsigned char family, struct address *ret)
{
	const void *payload = mnl_attr_get_payload(attr);
	struct in6_addr v6;
	struct in_addr v4;

	if (family == AF_INET && mnl_attr_get_payload_len(attr) == sizeof(v4)) {
		memcpy(&v4, payload, sizeof(v4));
		*ret = address_from_v4(v4);
		return true;
	}
	if (family == AF_INET6 && mnl_attr_get_payload_len(attr) == sizeof(v6)) {
		memcpy(&v6, payload, sizeof(v6));
		*ret = address_from_v6(&v6);
		return true;
	}
	return false;
}

static uint32_t read_u32(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(attr) : 0;
}

static bool is_loopback(const struct address *addr)
{
	const struct in6_addr v6 = address_to_v6(addr);

	return address_is_v4(addr) ? ntohl(addr->word[3]) >> 24 == IN_LOOPBACKNET
				   : IN6_IS_ADDR_LOOPBACK(&v6);
}

bool routes_parse_address(const struct nlmsghdr *message, struct host_address *ret)
{
	const struct ifaddrmsg *body = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct address addr, local;
	bool has_addr = false, has_local = false;

	if (message->nlmsg_type != RTM_NEWADDR ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*body) ||
		(body->ifa_flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0)
		return false;
	mnl_attr_for_each(attr, message, sizeof(*body))
	{
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			has_addr = read_attr(attr, body->ifa_family, &addr);
		else if (mnl_attr_get_type(attr) == IFA_LOCAL)
			has_local = read_attr(attr, body->ifa_family, &local);
	}
	/* IFA_ADDRESS is the far end of a link that has two. */
	if (has_local)
		addr = local;
	if ((!has_addr && !has_local) || is_loopback(&addr) || address_is_link_local(&addr))
		return false;
	*ret = (struct host_address){addr, body->ifa_index};
	return true;
}

/* Reads the attributes after the body; ret has the defaults. */
static uint32_t read_route_attrs(
	const struct nlmsghdr *message, const struct rtmsg *body, struct route *ret)
{
	const struct nlattr *attr;
	uint32_t table = body->rtm_table;

	mnl_attr_for_each(attr, message, sizeof(*body))
	{
		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			read_attr(attr, body->rtm_family, &ret->prefix);
			break;
		case RTA_GATEWAY:
			read_attr(attr, body->rtm_family, &ret->gateway);
			break;
		case RTA_OIF:
			ret->ifindex = read_u32(attr);
			break;
		case RTA_TABLE:
			table = read_u32(attr);
			break;
		}
	}
	return table;
}

bool routes_parse_route(const struct nlmsghdr *message, struct route *ret)
{
	const struct rtmsg *body = mnl_nlmsg_get_payload(message);
	const struct address v4_prefix = address_from_v4((struct in_addr){INADDR_ANY});
	struct route route = {0};
	uint32_t table;

	if (message->nlmsg_type != RTM_NEWROUTE ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*body) ||
		body->rtm_type != RTN_UNICAST || (body->rtm_flags & RTM_F_CLONED) != 0)
		return false;
	if (body->rtm_family == AF_INET)
		route.prefix = v4_prefix;
	route.len = body->rtm_dst_len + (body->rtm_family == AF_INET ? V4_BITS : 0U);
	table = read_route_attrs(message, body, &route);
	if (table != RT_TABLE_MAIN || route.len > ALL_BITS || is_loopback(&route.prefix) ||
		address_is_link_local(&route.prefix) || address_is_group(&route.prefix))
		return false;
	*ret = route;
	return true;
}

static bool is_default(const struct route *route)
{
	return route->len == (address_is_v4(&route->prefix) ? V4_BITS : 0);
}

bool routes_has_address(const struct host *host, const struct address *addr)
{
	for (size_t i = 0; i < host->address_count; i++)
		if (address_is_equal(&host->addresses[i].addr, addr))
			return true;
	return false;
}

bool routes_find_client(const struct route *route, const struct host *host, struct address *ret)
{
	unsigned int bits = ALL_BITS - route->len;
	uint32_t last = bits < 16 ? (1U << bits) - 1 : UINT16_MAX;
	struct address base = route->prefix;

	/* Somewhere in the Internet; no address of documentation's is there. */
	if (is_default(route) && address_is_v4(&base))
		base.word[3] = htonl(0xcb007100); /* 203.0.113.0 */
	else if (is_default(route))
		base.word[0] = htonl(0x20010db8), base.word[1] = htonl(0xffff0000);
	/* The first address of a network is no host's, nor is IPv4's last, if it has others. */
	for (uint32_t host_part = last > 1; host_part <= last - (last > 1); host_part++) {
		*ret = base;
		ret->word[3] |= htonl(host_part);
		if (!routes_has_address(host, ret))
			return true;
	}
	return false;
}

static int add_address(const struct nlmsghdr *message, void *data)
{
	struct host *host = data;
	struct host_address address;

	if (!routes_parse_address(message, &address))
		return MNL_CB_OK;
	host->addresses =
		list_extend(host->addresses, host->address_count, sizeof(*host->addresses));
	host->addresses[host->address_count++] = address;
	return MNL_CB_OK;
}

/* Clients behind one gateway get the same source, except that IPv6 chooses by the destination, too;
 * there it is the default route and the networks nearby that make the difference. */
static bool is_like(const struct route *a, const struct route *b)
{
	static const struct address none;

	return a->ifindex == b->ifindex && !address_is_equal(&a->gateway, &none) &&
	       address_is_equal(&a->gateway, &b->gateway) &&
	       address_is_v4(&a->prefix) == address_is_v4(&b->prefix);
}

static int add_route(const struct nlmsghdr *message, void *data)
{
	struct routes *routes = data;
	struct route route;

	if (!routes_parse_route(message, &route) || routes->count == ROUTES_MAX)
		return MNL_CB_OK;
	for (size_t i = 0; i < routes->count; i++)
		if (is_like(&routes->items[i], &route))
			return MNL_CB_OK;
	routes->items[routes->count++] = route;
	return MNL_CB_OK;
}

/* The kernel refuses a dump with a body of another length than the type's. Returns whether all was
 * read; a family that the kernel lacks has nothing to read. */
static bool dump(uint16_t type, size_t body_len, unsigned char family, mnl_cb_t each, void *data)
{
	char buffer[NETLINK_REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));
	unsigned char *body; /* struct ifaddrmsg and struct rtmsg both begin with the family */
	struct nlmsghdr *request = netlink_begin(buffer, type, true, body_len, &body);
	int result;

	*body = family;
	result = netlink_ask(NETLINK_ROUTE, request, each, data);
	return result == 0 || result == -EAFNOSUPPORT || result == -EOPNOTSUPP;
}

struct route_answer {
	struct host_address source;
	bool has_source;
};

static int read_answer(const struct nlmsghdr *message, void *data)
{
	const struct rtmsg *body = mnl_nlmsg_get_payload(message);
	struct route_answer *answer = data;
	const struct nlattr *attr;

	if (message->nlmsg_type != RTM_NEWROUTE ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*body) || body->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*body))
	{
		if (mnl_attr_get_type(attr) == RTA_PREFSRC)
			answer->has_source =
				read_attr(attr, body->rtm_family, &answer->source.addr);
		else if (mnl_attr_get_type(attr) == RTA_OIF)
			answer->source.ifindex = read_u32(attr);
	}
	return MNL_CB_OK;
}

static bool ask_source(const struct address *client, struct host_address *ret)
{
	char buffer[NETLINK_REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool is_v4 = address_is_v4(client);
	struct route_answer answer = {0};
	struct rtmsg *body;
	struct nlmsghdr *request = netlink_begin(buffer, RTM_GETROUTE, false, sizeof(*body), &body);

	body->rtm_family = is_v4 ? AF_INET : AF_INET6;
	body->rtm_dst_len = is_v4 ? 32 : 128;
	if (is_v4)
		mnl_attr_put_u32(request, RTA_DST, client->word[3]);
	else
		mnl_attr_put(request, RTA_DST, sizeof(client->word), client->word);
	if (netlink_ask(NETLINK_ROUTE, request, read_answer, &answer) != 0 || !answer.has_source)
		return false;
	*ret = answer.source;
	return true;
}

static void add_source(struct host *host, const struct route *route)
{
	struct host_address source;
	struct address client;

	if (!routes_find_client(route, host, &client) || !ask_source(&client, &source))
		return;
	for (size_t i = 0; i < host->source_count; i++)
		if (host->sources[i].ifindex == source.ifindex &&
			address_is_equal(&host->sources[i].addr, &source.addr))
			return;
	host->sources = list_extend(host->sources, host->source_count, sizeof(*host->sources));
	host->sources[host->source_count++] = source;
}

void routes_read(struct host *ret)
{
	static struct routes routes;

	*ret = (struct host){0};
	routes.count = 0;
	ret->is_unread =
		!dump(RTM_GETADDR, sizeof(struct ifaddrmsg), AF_UNSPEC, add_address, ret) ||
		!dump(RTM_GETROUTE, sizeof(struct rtmsg), AF_INET, add_route, &routes) ||
		!dump(RTM_GETROUTE, sizeof(struct rtmsg), AF_INET6, add_route, &routes);
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < routes.count; i++)
			if (is_default(&routes.items[i]) == (turn == 0))
				add_source(ret, &routes.items[i]);
}
