/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PKTINFO messages, in which the kernel reports the local address that a datagram was sent to, and
 * takes the source address of a datagram to send. On Linux: IP_PKTINFO (ip(7)) and IPV6_PKTINFO
 * (RFC 3542, section 6; ipv6(7)). A port to another system replaces this file: no layer above knows
 * these messages.
 */
#ifndef REPLIES_PKTINFO_H
#define REPLIES_PKTINFO_H

#include "attributes.h"
#include "replies/control.h"
#include "sockets/address.h"

#include <string.h>

/* The families of PKTINFO, as bits. A dual-stack socket has both. */
enum pktinfo_family {
	PKTINFO_V4 = 1 << 0,
	PKTINFO_V6 = 1 << 1,
};

/* Buffer space for the messages that PKTINFO adds to a received datagram, and for the one that
 * names the source of a sent datagram. */
enum {
	PKTINFO_RECV_SPACE =
		CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct in6_pktinfo)),
	PKTINFO_SEND_SPACE = CMSG_SPACE(sizeof(struct in6_pktinfo)),
};

/* Which of these families are enabled on fd. Where the kernel or a filter refuses to tell, assumed
 * says it. */
unsigned int pktinfo_get_enabled(int fd, unsigned int families, unsigned int assumed);
/* Enables or disables these families; returns those for which the kernel did it. Both keep
 * errno. */
unsigned int pktinfo_switch(int fd, unsigned int families, bool on);
/* The family that this socket option enables; 0 for any other option. */
unsigned int pktinfo_option_family(int level, int optname);

/*
 * Moves the control messages received with msg to sink, and reads the PKTINFO ones. Of those, it
 * moves only the families in app, which the program enabled. A NULL sink has no buffer space. True,
 * and *ret set, if they say where the datagram arrived: at which local address and by which
 * interface, or at :: for a broadcast or multicast, which cannot be a source.
 */
NOINLINE bool pktinfo_take(
	const struct msghdr *msg, unsigned int app, struct control_sink *sink, struct source *ret);

/*
 * The same for the common case: the control data is exactly one message, which is not to be moved,
 * and the destination is unicast, and for IPv6 one that needs no interface. False, and *ret
 * undefined, if it is not so.
 */
HOT_INLINE bool pktinfo_take_plain_v4(const struct msghdr *msg, struct in_addr *ret);
HOT_INLINE bool pktinfo_take_plain_v6(const struct msghdr *msg, struct source *ret);
/* The same for the two messages of an IPv4 datagram on a dual-stack socket. */
HOT_INLINE bool pktinfo_take_plain_both(const struct msghdr *msg, struct in_addr *ret);

/* The families of the PKTINFO messages in msg's control data. */
unsigned int pktinfo_find_families(const struct msghdr *msg);

/*
 * Whether msg's control data names a source, or, for IPv6, an interface: then the library adds
 * none, because the kernel (6.18) would ignore that interface. A source may be added to an IPv4
 * message that names only an interface.
 */
bool pktinfo_names_source(const struct msghdr *msg);
/* The source address that msg's control data names; :: if it names none. */
struct address pktinfo_find_source(const struct msghdr *msg);

/*
 * Writes the message that names source to control, which has PKTINFO_SEND_SPACE bytes and is
 * aligned as a cmsghdr. is_inet6 says whether the socket is AF_INET6: that takes IPV6_PKTINFO for a
 * v4-mapped peer too (net/ipv4/ip_sockglue.c, __ip_cmsg_send). Returns the length of the message.
 */
HOT_INLINE size_t pktinfo_write(void *control, bool is_inet6, const struct source *source);

/*
 * Adds the message that names source after the control messages of msg, whose buffer is buffer_len
 * bytes long. False, and msg untouched, if the buffer is too short or its control data is
 * malformed.
 */
bool pktinfo_append(
	struct msghdr *msg, size_t buffer_len, bool is_inet6, const struct source *source);

/*
 * The error with which the kernel refuses to send msg because of its source or its route; 0 if it
 * does not. Sends nothing, leaves a pending error on the socket, and is no cancellation point.
 * Keeps errno.
 */
int pktinfo_probe_source(int fd, const struct msghdr *msg);

/* Whether msg's control data is exactly one whole message of this kind. */
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
	 * ff00::/8 are the last in this order; the few others left out here take the general
	 * path.) */
	return ret->addr.word[2] != htonl(0xffff) && ret->addr.word[3] != 0 &&
	       ntohl(ret->addr.word[0]) < 0xfe800000;
}

/* IPv4's message, the second, is the better one. */
HOT_INLINE bool pktinfo_take_plain_both(const struct msghdr *msg, struct in_addr *ret)
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
	*ret = info->ipi_addr;
	return info->ipi_addr.s_addr == info->ipi_spec_dst.s_addr &&
	       info->ipi_addr.s_addr != INADDR_ANY;
}

/* The kernel's cmsg_len is as wide as a size_t. musl's is narrower, and padding fills the rest. */
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
		.ipi_spec_dst.s_addr = source->addr.word[3],
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

HOT_INLINE size_t pktinfo_write(void *control, bool is_inet6, const struct source *source)
{
	return is_inet6 ? pktinfo_write_v6(control, source) : pktinfo_write_v4(control, source);
}

#endif
