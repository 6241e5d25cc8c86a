/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The UDP cure in the kernel: a peer is answered from where it asked last.
 *
 * learn sees each datagram as it enters a socket's queue, and select each send for which the
 * program has named no source. Neither can send again what the kernel refuses, so select names
 * only addresses that the host has: `own`, which addresses.c keeps. All programs return 1, which
 * means: go on. Linux 5.14 or newer; for bpf(2)'s program types and helpers see bpf-helpers(7).
 */
#include "shared.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include <stdbool.h>

char LICENSE[] SEC("license") = "LGPL-2.1-or-later";

enum { GO_ON = 1, FAMILY_INET = 2, FAMILY_INET6 = 10, DATAGRAM = 2 };

#define SECOND_NS 1000000000ULL
/* How long ago a peer may have asked another socket. */
#define FOLLOW_NS (5 * SECOND_NS)

/* The settings, constant once the programs are loaded. */
const volatile struct kernel_ports udp_on, udplite_on;
const volatile bool may_follow;
const volatile __u64 expiry_ns;
/* Sockets of other network namespaces have other addresses than those in `own`. */
const volatile __u64 netns;
/* Until when `own` is trusted, CLOCK_MONOTONIC_COARSE: 0 while it may lack a change. Who keeps it
 * moves this on, so one that is stopped cannot have an address named that the host lost since. */
__u64 own_trusted_until_ns;

/* The addresses that this host has: the value is 0 where one may not be a source after all. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct kernel_prefix);
	__type(value, __u8);
} own SEC(".maps");

/* What each peer asked last. What it asked other sockets before lies beside that, by their cookies;
 * most peers ask one, and have one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct kernel_peer);
	__type(value, struct kernel_source);
} peers SEC(".maps");

/* A socket that was made before the programs were attached has nothing here, and counts as a
 * server's. The flags are of enum kernel_socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} flags_of_socket SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kernel_counts);
} counts SEC(".maps");

static __always_inline void count(enum kernel_count what)
{
	__u32 first = 0;
	struct kernel_counts *of_this_cpu = bpf_map_lookup_elem(&counts, &first);

	if (of_this_cpu != NULL)
		of_this_cpu->of[what]++;
}

static __always_inline bool is_udp(__u32 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

static __always_inline bool has_kernel_port(const __u32 *flags)
{
	return flags != NULL && *flags & KERNEL_SOCKET_NO_PORT;
}

static __always_inline bool is_left_alone(const __u32 *flags)
{
	return flags != NULL && *flags & (KERNEL_SOCKET_CLIENT | KERNEL_SOCKET_FOREIGN);
}

/* The rules for port 0 are those for ports that the kernel chose. */
static __always_inline bool is_on(__u32 protocol, __u16 port, const __u32 *flags)
{
	const volatile struct kernel_ports *on = protocol == IPPROTO_UDP ? &udp_on : &udplite_on;

	if (has_kernel_port(flags))
		port = 0;
	return on->bits[port >> 3] & (1 << (port & 7));
}

static __always_inline void set_addr(__be32 to[4], const __be32 from[4])
{
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

static __always_inline void set_v4(__be32 to[4], __be32 v4)
{
	to[0] = 0;
	to[1] = 0;
	to[2] = bpf_htonl(0xffff);
	to[3] = v4;
}

static __always_inline bool is_same(const __be32 a[4], const __be32 b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline bool is_link_local(const __be32 addr[4])
{
	return (addr[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);
}

static __always_inline bool is_own(const __be32 addr[4])
{
	struct kernel_prefix whole = {.bits = 128};
	__u8 *may_be_source;

	if (bpf_ktime_get_coarse_ns() >= own_trusted_until_ns)
		return false;
	set_addr(whole.addr, addr);
	may_be_source = bpf_map_lookup_elem(&own, &whole);
	return may_be_source != NULL && *may_be_source;
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

static __always_inline struct kernel_source *find_aside(struct kernel_peer *peer, __u64 socket)
{
	struct kernel_source *found;

	peer->socket = socket;
	found = bpf_map_lookup_elem(&peers, peer);
	peer->socket = 0;
	return found;
}

static __always_inline void store_aside(
	struct kernel_peer *peer, const struct kernel_source *source)
{
	peer->socket = source->socket;
	bpf_map_update_elem(&peers, peer, source, BPF_ANY);
	peer->socket = 0;
}

/* Notes the request. If the peer's last was to another socket, that may still be answered. */
static __always_inline void store(
	struct kernel_peer *peer, const struct kernel_source *last, const struct kernel_source *new)
{
	struct kernel_source others;

	if (last != NULL && last->socket != new->socket) {
		if (!new->may_be_followed) {
			store_aside(peer, new);
			return;
		}
		others = *last;
		store_aside(peer, &others);
	}
	bpf_map_update_elem(&peers, peer, new, BPF_ANY);
}

static __always_inline void forget(struct kernel_peer *peer, __u64 socket, bool is_last)
{
	if (!is_last)
		peer->socket = socket;
	bpf_map_delete_elem(&peers, peer);
}

/* Learns of *new what is not in it yet. */
static __always_inline void remember(struct request *request, struct kernel_source *new)
{
	struct kernel_source *last = bpf_map_lookup_elem(&peers, &request->peer), *known = last;
	bool is_last = last == NULL || last->socket == new->socket;

	if (!is_last)
		known = find_aside(&request->peer, new->socket);
	new->heard_ns = bpf_ktime_get_coarse_ns();
	if (!is_link_local(request->peer.addr))
		new->device = 0;
	if (known != NULL && is_same(known->addr, request->destination) &&
		known->device == new->device) {
		/* An unchanged entry is not written for each datagram. */
		if ((is_last || !new->may_be_followed) &&
			new->heard_ns - known->heard_ns < SECOND_NS)
			return;
	} else if (!is_own(request->destination)) {
		/* A multicast or broadcast address; or one that `own` does not have yet. */
		if (known != NULL)
			forget(&request->peer, new->socket, is_last);
		return;
	} else {
		count(KERNEL_LEARNT);
	}
	set_addr(new->addr, request->destination);
	/* A send does not show on which link a link-local peer is, and there may be one on each. */
	new->is_ambiguous = known != NULL && (known->is_ambiguous || known->device != new->device);
	store(&request->peer, last, new);
}

SEC("cgroup_skb/ingress")
int bindright_learn(struct __sk_buff *skb)
{
	struct request request = {};
	struct kernel_source source = {.device = skb->ifindex};
	struct bpf_sock *sk = skb->sk;
	__u32 *flags;

	if (!may_answer_from_any(skb) || !read_request(skb, &request) || sk == NULL)
		return GO_ON;
	sk = bpf_sk_fullsock(sk);
	/* A raw socket gets a copy of what others are asked. */
	if (sk == NULL || sk->type != DATAGRAM)
		return GO_ON;
	flags = bpf_sk_storage_get(&flags_of_socket, sk, NULL, 0);
	if (!is_on(request.peer.protocol, skb->local_port, flags) || is_left_alone(flags))
		return GO_ON;
	/* Written once: other processors read it, too. */
	if (flags != NULL && !(*flags & KERNEL_SOCKET_HEARD))
		*flags |= KERNEL_SOCKET_HEARD;
	source.socket = bpf_get_socket_cookie(skb);
	source.may_be_followed = may_follow && !has_kernel_port(flags);
	remember(&request, &source);
	return GO_ON;
}

SEC("cgroup/sock_create")
int bindright_new(struct bpf_sock *sk)
{
	__u32 flags = KERNEL_SOCKET_NO_PORT;

	if (sk->type != DATAGRAM || !is_udp(sk->protocol))
		return GO_ON;
	if (netns != 0 && bpf_get_netns_cookie(sk) != netns)
		flags |= KERNEL_SOCKET_FOREIGN;
	bpf_sk_storage_get(&flags_of_socket, sk, &flags, BPF_SK_STORAGE_GET_F_CREATE);
	return GO_ON;
}

static __always_inline void note_bind(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	__u32 *flags;

	if (sk == NULL || ctx->user_port == 0 || !is_udp(ctx->protocol))
		return;
	flags = bpf_sk_storage_get(&flags_of_socket, sk, NULL, 0);
	if (flags != NULL)
		*flags &= KERNEL_SOCKET_FOREIGN;
}

SEC("cgroup/bind4")
int bindright_port4(struct bpf_sock_addr *ctx)
{
	note_bind(ctx);
	return GO_ON;
}

SEC("cgroup/bind6")
int bindright_port6(struct bpf_sock_addr *ctx)
{
	note_bind(ctx);
	return GO_ON;
}

/* Copies what a peer asked, because the entry may become another peer's at any time. Returns
 * whether that was not too long ago. */
static __always_inline bool read_source(
	const struct kernel_source *entry, __u64 limit_ns, struct kernel_source *ret)
{
	if (entry == NULL)
		return false;
	*ret = *entry;
	return !ret->is_ambiguous && bpf_ktime_get_coarse_ns() - ret->heard_ns <= limit_ns;
}

/* Finds where the peer asked another socket. One with an egress of its own may reach other hosts
 * by the same addresses. */
static __always_inline bool find_elsewhere(
	struct bpf_sock_addr *ctx, const struct kernel_peer *peer, struct kernel_source *ret)
{
	struct bpf_sock *sk = ctx->sk;

	return may_follow && sk != NULL && sk->bound_dev_if == 0 && sk->mark == 0 &&
	       read_source(bpf_map_lookup_elem(&peers, peer),
		       FOLLOW_NS < expiry_ns ? FOLLOW_NS : expiry_ns, ret) &&
	       ret->may_be_followed && is_own(ret->addr);
}

/* Answers in another socket's place. From then on, what was found is this socket's own knowledge;
 * one that finds nothing, and has not received, is a client's. */
static __always_inline bool follow(struct bpf_sock_addr *ctx, struct kernel_peer *peer,
	__u64 socket, __u32 *flags, struct kernel_source *ret)
{
	if (!find_elsewhere(ctx, peer, ret)) {
		if (flags != NULL && *flags == KERNEL_SOCKET_NO_PORT)
			*flags |= KERNEL_SOCKET_CLIENT;
		return false;
	}
	if (flags != NULL)
		*flags |= KERNEL_SOCKET_HEARD;
	ret->socket = socket;
	store_aside(peer, ret);
	count(KERNEL_FOLLOWED);
	return true;
}

/* Finds the source for a datagram to the peer. A socket whose port the kernel chose may answer for
 * one that the rules leave on. */
static __always_inline bool select(
	struct bpf_sock_addr *ctx, struct kernel_peer *peer, struct kernel_source *ret)
{
	struct bpf_sock *sk = ctx->sk;
	struct kernel_source *entry;
	__u64 socket;
	__u32 *flags;

	if (sk == NULL || (netns != 0 && bpf_get_netns_cookie(ctx) != netns))
		return false;
	flags = bpf_sk_storage_get(&flags_of_socket, sk, NULL, 0);
	if (is_left_alone(flags) ||
		(!is_on(ctx->protocol, sk->src_port, flags) && !has_kernel_port(flags)))
		return false;
	peer->protocol = ctx->protocol;
	socket = bpf_get_socket_cookie(ctx);
	entry = bpf_map_lookup_elem(&peers, peer);
	if (entry == NULL || entry->socket != socket)
		entry = find_aside(peer, socket);
	if (!read_source(entry, expiry_ns, ret))
		return follow(ctx, peer, socket, flags, ret);
	if (is_own(ret->addr))
		return true;
	count(KERNEL_NOT_OURS);
	return false;
}

SEC("cgroup/sendmsg4")
int bindright_send4(struct bpf_sock_addr *ctx)
{
	struct kernel_peer peer = {.port = ctx->user_port};
	struct kernel_source source;

	if (ctx->msg_src_ip4 != 0)
		return GO_ON;
	set_v4(peer.addr, ctx->user_ip4);
	if (!select(ctx, &peer, &source))
		return GO_ON;
	ctx->msg_src_ip4 = source.addr[3];
	count(KERNEL_NAMED);
	return GO_ON;
}

static __always_inline void read_v6(struct bpf_sock_addr *ctx, __be32 ret[4])
{
	ret[0] = ctx->user_ip6[0];
	ret[1] = ctx->user_ip6[1];
	ret[2] = ctx->user_ip6[2];
	ret[3] = ctx->user_ip6[3];
}

SEC("cgroup/sendmsg6")
int bindright_send6(struct bpf_sock_addr *ctx)
{
	struct kernel_peer peer = {.port = ctx->user_port};
	struct kernel_source source;

	if ((ctx->msg_src_ip6[0] | ctx->msg_src_ip6[1] | ctx->msg_src_ip6[2] |
		    ctx->msg_src_ip6[3]) != 0)
		return GO_ON;
	read_v6(ctx, peer.addr);
	if (!select(ctx, &peer, &source))
		return GO_ON;
	ctx->msg_src_ip6[0] = source.addr[0];
	ctx->msg_src_ip6[1] = source.addr[1];
	ctx->msg_src_ip6[2] = source.addr[2];
	ctx->msg_src_ip6[3] = source.addr[3];
	count(KERNEL_NAMED);
	return GO_ON;
}

/* Finds the source for a socket that connects, if it is a new one of UDP. Only one that has neither
 * a port nor an address can be bound. */
static __always_inline bool find_for_connect(
	struct bpf_sock_addr *ctx, struct kernel_peer *peer, struct kernel_source *ret)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk == NULL || ctx->type != DATAGRAM || sk->src_port != 0 || !is_udp(ctx->protocol) ||
		(netns != 0 && bpf_get_netns_cookie(ctx) != netns))
		return false;
	peer->protocol = ctx->protocol;
	return find_elsewhere(ctx, peer, ret);
}

SEC("cgroup/connect4")
int bindright_conn4(struct bpf_sock_addr *ctx)
{
	struct kernel_peer peer = {.port = ctx->user_port};
	struct sockaddr_in from = {};
	struct kernel_source source;

	set_v4(peer.addr, ctx->user_ip4);
	if (!find_for_connect(ctx, &peer, &source))
		return GO_ON;
	from.sin_family = FAMILY_INET;
	from.sin_addr.s_addr = source.addr[3];
	if (bpf_bind(ctx, (struct sockaddr *)&from, sizeof(from)) == 0)
		count(KERNEL_PINNED);
	return GO_ON;
}

SEC("cgroup/connect6")
int bindright_conn6(struct bpf_sock_addr *ctx)
{
	struct kernel_peer peer = {.port = ctx->user_port};
	struct sockaddr_in6 from = {};
	struct kernel_source source;

	read_v6(ctx, peer.addr);
	if (!find_for_connect(ctx, &peer, &source) || is_link_local(source.addr))
		return GO_ON;
	from.sin6_family = FAMILY_INET6;
	set_addr(from.sin6_addr.in6_u.u6_addr32, source.addr);
	if (bpf_bind(ctx, (struct sockaddr *)&from, sizeof(from)) == 0)
		count(KERNEL_PINNED);
	return GO_ON;
}
