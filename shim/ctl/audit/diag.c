/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/diag.h"

#include "ctl/list.h"
#include "ctl/netlink.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>

static const struct protocol {
	int number;
	unsigned int states;
	const char *name;
	const char *module;
	const char *is_here; /* a file that only kernels with the protocol have */
} protocols[] = {
	{IPPROTO_TCP, 1U << TCP_LISTEN, "tcp", "tcp_diag", "/proc/self/net/tcp"},
	{IPPROTO_UDP, 1U << TCP_CLOSE, "udp", "udp_diag", "/proc/self/net/udp"},
	{IPPROTO_UDPLITE, 1U << TCP_CLOSE, "udplite", "udp_diag", "/proc/self/net/udplite"},
	/* A kernel that does not know this protocol lists TCP instead. */
	{IPPROTO_MPTCP, 1U << TCP_LISTEN, "mptcp", "mptcp_diag", "/proc/sys/net/mptcp"},
};

/* INET_DIAG_CGROUP_ID, of Linux 5.9; older headers lack it. */
enum { ATTRIBUTE_CGROUP = 21 };

enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

const char *diag_protocol_name(int protocol)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return NULL;
}

int diag_protocol(const char *name)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (strcmp(protocols[i].name, name) == 0)
			return protocols[i].number;
	return -1;
}

static struct address read_address(const struct inet_diag_msg *body)
{
	struct in6_addr v6;

	if (body->idiag_family == AF_INET)
		return address_from_v4((struct in_addr){.s_addr = body->id.idiag_src[0]});
	memcpy(&v6, body->id.idiag_src, sizeof(v6));
	return address_from_v6(&v6);
}

/* Reads the value of IPV6_V6ONLY, which the kernel adds for every AF_INET6 socket here, and the
 * control group. */
static void read_attributes(const struct nlmsghdr *message, bool *ret_v6only, uint64_t *ret_cgroup)
{
	const struct nlattr *attr;

	*ret_v6only = false;
	*ret_cgroup = 0;
	mnl_attr_for_each(attr, message, sizeof(struct inet_diag_msg))
	{
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY &&
			mnl_attr_validate(attr, MNL_TYPE_U8) == 0)
			*ret_v6only = mnl_attr_get_u8(attr) != 0;
		if (mnl_attr_get_type(attr) == ATTRIBUTE_CGROUP &&
			mnl_attr_validate(attr, MNL_TYPE_U64) == 0)
			*ret_cgroup = mnl_attr_get_u64(attr);
	}
}

bool diag_parse(const struct nlmsghdr *message, int protocol, struct found *ret)
{
	const struct inet_diag_msg *body = mnl_nlmsg_get_payload(message);
	bool is_v6only;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		mnl_nlmsg_get_payload_len(message) < sizeof(*body) ||
		(body->idiag_family != AF_INET && body->idiag_family != AF_INET6))
		return false;
	*ret = (struct found){
		.protocol = protocol,
		.port = ntohs(body->id.idiag_sport),
		.addr = read_address(body),
		.ifindex = body->id.idiag_if,
		.inode = body->idiag_inode,
		.uid = body->idiag_uid,
	};
	read_attributes(message, &is_v6only, &ret->cgroup);
	ret->takes_v6 = !address_is_v4(&ret->addr);
	ret->takes_v4 = !ret->takes_v6 || (address_is_v6_wildcard(&ret->addr) && !is_v6only);
	return ret->port != 0;
}

struct dump {
	const struct netns *netns;
	int protocol;
	struct found_list *list;
};

static int append(const struct nlmsghdr *message, void *data)
{
	const struct dump *dump = data;
	struct found_list *list = dump->list;
	struct found found;

	if (!diag_parse(message, dump->protocol, &found))
		return MNL_CB_OK;
	found.netns = dump->netns;
	list->items = list_extend(list->items, list->count, sizeof(found));
	list->items[list->count++] = found;
	return MNL_CB_OK;
}

static int list_family(const struct protocol *protocol, unsigned char family, struct dump *dump)
{
	char buffer[NETLINK_REQUEST] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct inet_diag_req_v2 *body;
	struct nlmsghdr *request =
		netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true, sizeof(*body), &body);

	body->sdiag_family = family;
	body->sdiag_protocol = (unsigned char)protocol->number;
	body->idiag_states = protocol->states;
	if (protocol->number > UINT8_MAX)
		mnl_attr_put_u32(request, INET_DIAG_REQ_PROTOCOL, (uint32_t)protocol->number);
	return netlink_ask(NETLINK_SOCK_DIAG, request, append, dump);
}

static bool is_here(const struct protocol *protocol)
{
	return access(protocol->is_here, F_OK) == 0;
}

void diag_list(const struct netns *netns, struct found_list *list)
{
	static const unsigned char families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < PROTOCOLS; i++) {
		struct dump dump = {netns, protocols[i].number, list};

		for (int j = 0; j < 2 && is_here(&protocols[i]); j++) {
			int result = list_family(&protocols[i], families[j], &dump);

			/* Without IPv6 the kernel knows no such family. MPTCP's listeners are
			 * listed as TCP's, too. */
			if (result == -ENOENT && families[j] == AF_INET &&
				protocols[i].number != IPPROTO_MPTCP)
				say_and_fail("cannot list %s sockets: the kernel has no module %s",
					protocols[i].name, protocols[i].module);
			if (result < 0 && result != -ENOENT)
				say_and_fail("cannot list %s sockets: %s", protocols[i].name,
					strerror(-result));
		}
	}
}
