/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the control messages of same_results_own.h, valid and invalid. */
#include "same_results_own.h"

#include <netinet/in.h>

enum { OPTION_SEGMENT = 103, LEVEL_UDP = 17 };

/* A message's level, type and data. */
struct message {
	int level;
	int type;
	size_t size;
	union {
		int number;
		unsigned short segment;
		struct in_pktinfo v4;
		struct in6_pktinfo v6;
	} data;
};

static struct message make_v4(int ifindex, in_addr_t source)
{
	return (struct message){IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo),
		{.v4 = {.ipi_ifindex = ifindex, .ipi_spec_dst.s_addr = htonl(source)}}};
}

static struct message make_v6(unsigned int ifindex, const struct in6_addr *source)
{
	return (struct message){IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_pktinfo),
		{.v6 = {.ipi6_ifindex = ifindex, .ipi6_addr = *source}}};
}

static struct message make_number(int level, int type, int number)
{
	return (struct message){level, type, sizeof(number), {.number = number}};
}

static struct message make(enum own own)
{
	switch (own) {
	case OWN_TCLASS:
		return make_number(IPPROTO_IPV6, IPV6_TCLASS, 7);
	case OWN_SOURCE_WRONG:
		return make_v4(0, 0xc6336401); /* 198.51.100.1 (RFC 5737) */
	case OWN_SOURCE:
		return make_v4(0, INADDR_LOOPBACK);
	case OWN_IFINDEX:
		return make_v4(1, INADDR_ANY);
	case OWN_SOURCE_V6:
		return make_v6(0, &in6addr_loopback);
	case OWN_IFINDEX_V6:
		return make_v6(1, &in6addr_any);
	case OWN_SEGMENT:
		return (struct message){
			LEVEL_UDP, OPTION_SEGMENT, sizeof(unsigned short), {.segment = 4}};
	case OWN_UNKNOWN:
		return make_number(4711, 1, 1);
	default:
		return make_number(IPPROTO_IP, IP_TTL, 7);
	}
}

size_t own_write(enum own own, unsigned char *control)
{
	const struct message message = make(own);
	struct cmsghdr head = {
		.cmsg_len = CMSG_LEN(message.size),
		.cmsg_level = message.level,
		.cmsg_type = message.type,
	};

	if (own == OWN_NONE)
		return 0;
	if (own == OWN_LEN_0)
		head.cmsg_len = 0;
	if (own == OWN_LEN_BEYOND)
		head.cmsg_len = 100;
	memory_put(control, &head, sizeof(head));
	if (memory_reach(control) > sizeof(head))
		memory_put(control + sizeof(head), &message.data, message.size);
	return CMSG_SPACE(message.size);
}
