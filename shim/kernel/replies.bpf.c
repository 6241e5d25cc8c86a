/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The UDP cure in the kernel: a peer is answered from where it asked last.
 *
 * learn sees each datagram as it enters a socket's queue, and select each send for which the
 * program has named no source. Neither can send again what the kernel refuses, so select names
 * only addresses that the host has: `own`, which addresses.c keeps. All programs return 1, which
 * means: go on. Linux 5.14 or newer; for bpf(2)'s program types and helpers see bpf-helpers(7).
 */
#include "peers.bpf.h"

char LICENSE[] SEC("license") = "LGPL-2.1-or-later";

enum { DATAGRAM = 2 };

/* How long ago a peer may have asked another socket. */
#define FOLLOW_NS (5 * SECOND_NS)

/* The settings, constant once the programs are loaded. */
const volatile struct kernel_ports udp_on, udplite_on;
const volatile bool may_follow;
const volatile __u64 expiry_ns;
/* Sockets of other network namespaces have other addresses than those in `own`. */
const volatile __u64 netns;

/* A socket that was made before the programs were attached has nothing here, and counts as a
 * server's. The flags are of enum kernel_socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} flags_of_socket SEC(".maps");

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
