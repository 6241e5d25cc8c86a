/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the eBPF programs and the process that loads them both read. An IPv4 address
 * is v4-mapped; addresses and ports are in network byte order unless it says otherwise. */
#ifndef KERNEL_SHARED_H
#define KERNEL_SHARED_H

#include <linux/types.h>

/* An address, and how many of its leading bits count: the key of a BPF_MAP_TYPE_LPM_TRIE. */
struct kernel_prefix {
	__u32 bits;
	__be32 addr[4];
};

/* Who asked. */
struct kernel_peer {
	__u64 socket; /* 0, or the SO_COOKIE of one that is not the last that it asked */
	__be32 addr[4];
	__be16 port;
	__u16 protocol; /* IPPROTO_UDP or IPPROTO_UDPLITE */
	__u32 unused;
};

/* Which socket it asked, and where. */
struct kernel_source {
	__u64 socket; /* its SO_COOKIE */
	__be32 addr[4];
	__u64 heard_ns;	       /* CLOCK_MONOTONIC_COARSE, at most a second too early */
	__u32 device;	       /* of a link-local peer's datagram; else 0 */
	__u16 is_ambiguous;    /* such a peer asked on two devices */
	__u16 may_be_followed; /* another socket may answer */
};

/* Ports for which a rule says on, or auto: a bit each. */
struct kernel_ports {
	__u8 bits[65536 / 8];
};

/* A socket that has a port, for listeners. */
struct kernel_listener {
	__u64 netns; /* SO_NETNS_COOKIE */
	__u16 port;  /* host byte order */
	__u8 family;
	__u8 protocol;
	__u32 unused;
};

/* What is known of a UDP socket that was made after the programs were attached. */
enum kernel_socket {
	KERNEL_SOCKET_NO_PORT = 1 << 0, /* the program chose none, so it may be a client's */
	KERNEL_SOCKET_HEARD = 1 << 1,	/* it has received, so it is none */
	KERNEL_SOCKET_CLIENT = 1 << 2,	/* it sent before it received, and is left alone */
	KERNEL_SOCKET_FOREIGN = 1 << 3, /* of another network namespace: the same */
};

/* What the programs count; bindrightctl status shows it. Only append. */
enum kernel_count {
	KERNEL_LEARNT,	   /* requests whose destination was new, or had changed */
	KERNEL_NAMED,	   /* replies that were given their source */
	KERNEL_FOLLOWED,   /* of these, from another socket than the one that was asked */
	KERNEL_NOT_OURS,   /* replies that were not, as the host has the address no more */
	KERNEL_PINNED,	   /* sockets that connect from the request destination */
	KERNEL_SHARED,	   /* listeners that may share their port */
	KERNEL_COUNTS = 8, /* with space for more */
};
struct kernel_counts {
	__u64 of[KERNEL_COUNTS];
};

#endif
