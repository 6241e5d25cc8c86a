/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linux's half of pktinfo.h that every datagram needs; only pktinfo.h includes it. */
#ifndef REPLIES_PKTINFO_LINUX_H
#define REPLIES_PKTINFO_LINUX_H

#include "attributes.h"
#include "replies/control.h"
#include "sockets/address.h"

#include <string.h>

/* Whether msg's control data is nothing but one such message, which is whole then. */
HOT_INLINE bool pktinfo_is_alone(const struct msghdr *msg, int level, int type, size_t size)
{
	const struct cmsghdr *cmsg = msg->msg_control;

	return msg->msg_controllen == CMSG_SPACE(size) && cmsg->cmsg_level == level &&
	       cmsg->cmsg_type == type;
}

HOT_INLINE bool pktinfo_take_plain_v4(const struct msghdr *msg, struct in_addr *ret)
{
	const struct in_pktinfo *info;

	if (!pktinfo_is_alone(msg, IPPROTO_IP, IP_PKTINFO, sizeof(*info)))
		return false;
	info = (const struct in_pktinfo *)CMSG_DATA((const struct cmsghdr *)msg->msg_control);
	*ret = info->ipi_addr;
	return info->ipi_addr.s_addr == info->ipi_spec_dst.s_addr &&
	       info->ipi_addr.s_addr != INADDR_ANY;
}

HOT_INLINE bool pktinfo_take_plain_v6(const struct msghdr *msg, struct source *ret)
{
	const struct in6_pktinfo *info;

	if (!pktinfo_is_alone(msg, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(*info)))
		return false;
	info = (const struct in6_pktinfo *)CMSG_DATA((const struct cmsghdr *)msg->msg_control);
	ret->addr = address_from_v6(&info->ipi6_addr);
	ret->ifindex = 0;
	/* Neither v4-mapped nor ::, nor one that needs an interface, nor a group. (fe80::/10 and
	 * ff00::/8 are the last in this order; what is left out besides comes the common way.) */
	return ret->addr.word[2] != htonl(0xffff) && ret->addr.word[3] != 0 &&
	       ntohl(ret->addr.word[0]) < 0xfe800000;
}

/* What an IPv4 datagram brings on a dual-stack socket: both messages, of which IPv4's is the better
 * one. */
HOT_INLINE bool pktinfo_take_plain_both(const struct msghdr *msg, struct source *ret)
{
	enum { FIRST = CMSG_SPACE(sizeof(struct in6_pktinfo)) };
	const struct cmsghdr *first = msg->msg_control, *second;
	const struct in_pktinfo *info;

	if (msg->msg_controllen != FIRST + CMSG_SPACE(sizeof(*info)) ||
		first->cmsg_level != IPPROTO_IPV6 || first->cmsg_type != IPV6_PKTINFO)
		return false;
	second = (const struct cmsghdr *)((const char *)msg->msg_control + FIRST);
	if (second->cmsg_level != IPPROTO_IP || second->cmsg_type != IP_PKTINFO)
		return false;
	info = (const struct in_pktinfo *)CMSG_DATA(second);
	*ret = (struct source){.addr = address_from_v4(info->ipi_addr)};
	return info->ipi_addr.s_addr == info->ipi_spec_dst.s_addr &&
	       info->ipi_addr.s_addr != INADDR_ANY;
}

/* The kernel's length is as long as a size_t; musl's is not, and has padding for the rest. */
HOT_INLINE void pktinfo_clear_padding(struct cmsghdr *cmsg)
{
	if (sizeof(cmsg->cmsg_len) < sizeof(size_t))
		memset(cmsg, 0, sizeof(*cmsg));
}

HOT_INLINE size_t pktinfo_write_v4(struct cmsghdr *cmsg, const struct source *source)
{
	struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(cmsg);

	pktinfo_clear_padding(cmsg);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(*info));
	*info = (struct in_pktinfo){
		.ipi_ifindex = (int)source->ifindex,
		.ipi_spec_dst = address_to_v4(&source->addr),
	};
	return cmsg->cmsg_len;
}

static inline size_t pktinfo_write_v6(struct cmsghdr *cmsg, const struct source *source)
{
	struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(cmsg);

	pktinfo_clear_padding(cmsg);
	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(*info));
	info->ipi6_addr = address_to_v6(&source->addr);
	info->ipi6_ifindex = source->ifindex;
	return cmsg->cmsg_len;
}

HOT_INLINE size_t pktinfo_write(void *control, const struct source *source)
{
	return address_is_v4(&source->addr) ? pktinfo_write_v4(control, source)
					    : pktinfo_write_v6(control, source);
}

#endif
