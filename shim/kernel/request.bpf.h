/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A datagram on its way in, as the hook cgroup_skb/ingress has it: from its IP header on. */
#ifndef KERNEL_REQUEST_BPF_H
#define KERNEL_REQUEST_BPF_H

#include "own.bpf.h"

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

static __always_inline bool is_udp(__u32 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

/* A datagram that came in: its sender, and the address of ours that it was sent to. */
struct request {
	struct kernel_peer peer;
	__be32 destination[4];
};

/* Finds the transport header behind IPv6 extension headers. Returns its protocol, or -1. */
static __always_inline int skip_extensions(struct __sk_buff *skb, __u32 *at, __u8 next)
{
	for (int i = 0; i < 8; i++) {
		__u8 extension[2];

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS &&
			next != IPPROTO_FRAGMENT)
			return next;
		if (bpf_skb_load_bytes(skb, *at, extension, sizeof(extension)) != 0)
			return -1;
		*at += next == IPPROTO_FRAGMENT ? 8 : 8 * (extension[1] + 1);
		next = extension[0];
	}
	return -1;
}

/* Reads the IP header. Returns the transport protocol, or -1; *at is where that one's header is. */
static __always_inline int read_ip(struct __sk_buff *skb, struct request *ret, __u32 *at)
{
	__be32 header[10];

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, 0, header, 20) != 0)
			return -1;
		set_v4(ret->peer.addr, header[3]);
		set_v4(ret->destination, header[4]);
		*at = (((__u8 *)header)[0] & 0xf) * 4;
		return ((__u8 *)header)[9];
	}
	if (skb->protocol != bpf_htons(ETH_P_IPV6) ||
		bpf_skb_load_bytes(skb, 0, header, sizeof(header)) != 0)
		return -1;
	set_addr(ret->peer.addr, header + 2);
	set_addr(ret->destination, header + 6);
	*at = sizeof(header);
	return skip_extensions(skb, at, ((__u8 *)header)[6]);
}

static __always_inline bool read_request(struct __sk_buff *skb, struct request *ret)
{
	__u32 at;
	int protocol = read_ip(skb, ret, &at);

	if (protocol < 0 || !is_udp(protocol))
		return false;
	ret->peer.protocol = protocol;
	return bpf_skb_load_bytes(skb, at, &ret->peer.port, sizeof(ret->peer.port)) == 0;
}

/* Connected sockets, and those bound to an address, answer from their own. */
static __always_inline bool may_answer_from_any(struct __sk_buff *skb)
{
	if (skb->remote_port != 0)
		return false;
	if (skb->family == FAMILY_INET)
		return skb->local_ip4 == 0;
	return skb->family == FAMILY_INET6 &&
	       (skb->local_ip6[0] | skb->local_ip6[1] | skb->local_ip6[2] | skb->local_ip6[3]) == 0;
}

#endif
