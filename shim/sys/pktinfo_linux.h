/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linux's half of pktinfo.h that is on every datagram's way; only pktinfo.h includes it. */
#ifndef SYS_PKTINFO_LINUX_H
#define SYS_PKTINFO_LINUX_H

#include "core/address.h"
#include "core/attributes.h"
#include "sys/control.h"

#include <string.h>

/* pktinfo_read_v4 where the two addresses of the report are not one and the same. */
bool pktinfo_read_odd_v4(const struct in_pktinfo *info, struct source *ret);

/* The source that an IPv4 report gives, as pktinfo_take. */
ON_THE_WAY bool pktinfo_read_v4(const struct in_pktinfo *info, struct source *ret)
{
	struct in_addr local = info->ipi_addr;

	if (UNLIKELY(local.s_addr != info->ipi_spec_dst.s_addr || local.s_addr == INADDR_ANY))
		return pktinfo_read_odd_v4(info, ret);
	ret->addr = address_from_v4(local);
	ret->ifindex = 0;
	return true;
}

/* pktinfo_take for any sequence of messages. */
bool pktinfo_take_all(
	const struct msghdr *msg, unsigned int own, struct control_sink *sink, struct source *ret);

ON_THE_WAY bool pktinfo_take(
	const struct msghdr *msg, unsigned int own, struct control_sink *sink, struct source *ret)
{
	const struct cmsghdr *cmsg = msg->msg_control;

	/* Nearly always there is one message, and it is ours: nothing is to be moved then. With
	 * this length it is whole. */
	if (LIKELY(msg->msg_controllen == CMSG_SPACE(sizeof(struct in_pktinfo)) &&
		    cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO &&
		    !(own & PKTINFO_V4)))
		return pktinfo_read_v4((const struct in_pktinfo *)CMSG_DATA(cmsg), ret);
	return pktinfo_take_all(msg, own, sink, ret);
}

/* The kernel's length is as long as a size_t; musl's is not, and has padding for the rest. */
ON_THE_WAY void pktinfo_clear_padding(struct cmsghdr *cmsg)
{
	if (sizeof(cmsg->cmsg_len) < sizeof(size_t))
		memset(cmsg, 0, sizeof(*cmsg));
}

ON_THE_WAY size_t pktinfo_write_v4(struct cmsghdr *cmsg, const struct source *source)
{
	struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(cmsg);

	pktinfo_clear_padding(cmsg);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(*info));
	*info = (struct in_pktinfo){.ipi_spec_dst = address_to_v4(&source->addr)};
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

ON_THE_WAY size_t pktinfo_write(void *control, const struct source *source)
{
	return address_is_v4(&source->addr) ? pktinfo_write_v4(control, source)
					    : pktinfo_write_v6(control, source);
}

#endif
