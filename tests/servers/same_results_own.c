/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the control messages of same_results_own.h, right ones and wrong ones. */
#include "same_results_own.h"

#include <netinet/in.h>

enum { OPTION_SEGMENT = 103, LEVEL_UDP = 17 };

size_t own_write(enum own own, unsigned char *control)
{
	struct cmsghdr head = {.cmsg_len = CMSG_LEN(sizeof(int))};
	const int one = 1, ttl = 7;
	struct in_pktinfo v4 = {.ipi_ifindex = 1};
	struct in6_pktinfo v6 = {.ipi6_ifindex = 1};
	unsigned short segment = 4;
	const void *data = &ttl;
	size_t size = sizeof(ttl);

	switch (own) {
	case OWN_NONE:
		return 0;
	case OWN_TTL:
	case OWN_LEN_0:
	case OWN_LEN_BEYOND:
		head.cmsg_level = IPPROTO_IP;
		head.cmsg_type = IP_TTL;
		break;
	case OWN_TCLASS:
		head.cmsg_level = IPPROTO_IPV6;
		head.cmsg_type = IPV6_TCLASS;
		break;
	case OWN_SOURCE_WRONG:
	case OWN_SOURCE:
		v4.ipi_ifindex = 0;
		v4.ipi_spec_dst.s_addr = htonl(own == OWN_SOURCE ? 0x7f000001 : 0xc6336401);
		/* fall through */
	case OWN_IFINDEX:
		head.cmsg_level = IPPROTO_IP;
		head.cmsg_type = IP_PKTINFO;
		data = &v4;
		size = sizeof(v4);
		break;
	case OWN_SOURCE_V6:
		v6.ipi6_ifindex = 0;
		v6.ipi6_addr = in6addr_loopback;
		/* fall through */
	case OWN_IFINDEX_V6:
		head.cmsg_level = IPPROTO_IPV6;
		head.cmsg_type = IPV6_PKTINFO;
		data = &v6;
		size = sizeof(v6);
		break;
	case OWN_SEGMENT:
		head.cmsg_level = LEVEL_UDP;
		head.cmsg_type = OPTION_SEGMENT;
		data = &segment;
		size = sizeof(segment);
		break;
	case OWN_UNKNOWN:
		head.cmsg_level = 4711;
		head.cmsg_type = 1;
		data = &one;
		break;
	}
	head.cmsg_len = CMSG_LEN(size);
	if (own == OWN_LEN_0)
		head.cmsg_len = 0;
	if (own == OWN_LEN_BEYOND)
		head.cmsg_len = 100;
	memory_put(control, &head, sizeof(head));
	if (memory_reach(control) > sizeof(head))
		memory_put(control + sizeof(head), data, size);
	return CMSG_SPACE(size);
}
