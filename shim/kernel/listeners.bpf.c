/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keyword auto for listeners, in the kernel: an AF_INET and a dual-stack socket of one user may
 * have one port, so IPv4 arrives at the AF_INET one, and nobody loses any.
 *
 * eBPF cannot set IPV6_V6ONLY, so each listener on a wildcard address gets SO_REUSEPORT before it
 * is bound: the kernel then lets the other family in. It would let in a second socket of the same
 * family, too, so a port that has one already is left alone. bpf_setsockopt(SO_REUSEPORT) at bind
 * is of Linux 6.1.
 */
#include "shared.h"

#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include <stdbool.h>

char LICENSE[] SEC("license") = "LGPL-2.1-or-later";

enum { GO_ON = 1, FAMILY_INET = 2, FAMILY_INET6 = 10, LEVEL_SOCKET = 1, REUSEPORT = 15 };

/* The settings, constant once the programs are loaded. */
const volatile struct kernel_ports tcp_auto, udp_auto, udplite_auto;

/* The SO_COOKIE of the socket that has a port, and the reverse, because a closing socket does not
 * show its port. The kernel's own tables lack a TCP socket that is bound and does not listen yet.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct kernel_listener);
	__type(value, __u64);
} bound SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct kernel_listener);
} bound_by SEC(".maps");

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

static __always_inline bool is_auto(__u32 protocol, __u16 port)
{
	const volatile struct kernel_ports *ports = protocol == IPPROTO_TCP   ? &tcp_auto
						    : protocol == IPPROTO_UDP ? &udp_auto
									      : &udplite_auto;

	return ports->bits[port >> 3] & (1 << (port & 7));
}

static __always_inline bool is_listener_protocol(__u32 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

/* Whether a socket of this family on a wildcard address has the port. No socket is bound to the
 * destination 0.0.0.0, so only such are found. The lookup knows no UDP-Lite. */
static __always_inline bool is_taken(
	struct bpf_sock_addr *ctx, const struct kernel_listener *wanted)
{
	struct bpf_sock_tuple tuple = {};
	__u32 size = sizeof(tuple.ipv4);
	struct bpf_sock *holder;
	bool is_of_family;

	if (bpf_map_lookup_elem(&bound, wanted) != NULL)
		return true;
	if (wanted->family == FAMILY_INET6) {
		size = sizeof(tuple.ipv6);
		tuple.ipv6.dport = bpf_htons(wanted->port);
	} else {
		tuple.ipv4.dport = bpf_htons(wanted->port);
	}
	if (wanted->protocol == IPPROTO_TCP)
		holder = bpf_sk_lookup_tcp(ctx, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	else
		holder = bpf_sk_lookup_udp(ctx, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (holder == NULL)
		return false;
	is_of_family = holder->family == wanted->family;
	bpf_sk_release(holder);
	return is_of_family;
}

static __always_inline void let_share(struct bpf_sock_addr *ctx, __u8 family)
{
	struct bpf_sock *sk = ctx->sk;
	struct kernel_listener wanted = {.family = family, .port = bpf_ntohs(ctx->user_port)};
	int is_set = 0, yes = 1;

	if (sk == NULL || wanted.port == 0 || sk->bound_dev_if != 0 ||
		!is_listener_protocol(ctx->protocol) || !is_auto(ctx->protocol, wanted.port))
		return;
	wanted.protocol = ctx->protocol;
	wanted.netns = bpf_get_netns_cookie(ctx);
	if (bpf_getsockopt(ctx, LEVEL_SOCKET, REUSEPORT, &is_set, sizeof(is_set)) != 0 || is_set ||
		is_taken(ctx, &wanted))
		return;
	if (bpf_setsockopt(ctx, LEVEL_SOCKET, REUSEPORT, &yes, sizeof(yes)) == 0)
		count(KERNEL_SHARED);
}

SEC("cgroup/bind4")
int bindright_bind4(struct bpf_sock_addr *ctx)
{
	if (ctx->user_ip4 == 0)
		let_share(ctx, FAMILY_INET);
	return GO_ON;
}

SEC("cgroup/bind6")
int bindright_bind6(struct bpf_sock_addr *ctx)
{
	if ((ctx->user_ip6[0] | ctx->user_ip6[1] | ctx->user_ip6[2] | ctx->user_ip6[3]) == 0)
		let_share(ctx, FAMILY_INET6);
	return GO_ON;
}

static __always_inline void note_bound(struct bpf_sock *sk)
{
	struct kernel_listener listener = {};
	__u64 socket = bpf_get_socket_cookie(sk);

	if (!is_listener_protocol(sk->protocol))
		return;
	listener.netns = bpf_get_netns_cookie(sk);
	listener.port = sk->src_port;
	listener.family = sk->family;
	listener.protocol = sk->protocol;
	if (bpf_map_update_elem(&bound, &listener, &socket, BPF_NOEXIST) == 0)
		bpf_map_update_elem(&bound_by, &socket, &listener, BPF_ANY);
}

SEC("cgroup/post_bind4")
int bindright_post4(struct bpf_sock *sk)
{
	if (sk->src_ip4 == 0)
		note_bound(sk);
	return GO_ON;
}

SEC("cgroup/post_bind6")
int bindright_post6(struct bpf_sock *sk)
{
	if ((sk->src_ip6[0] | sk->src_ip6[1] | sk->src_ip6[2] | sk->src_ip6[3]) == 0)
		note_bound(sk);
	return GO_ON;
}

SEC("cgroup/sock_release")
int bindright_close(struct bpf_sock *sk)
{
	__u64 socket = bpf_get_socket_cookie(sk);
	struct kernel_listener *listener = bpf_map_lookup_elem(&bound_by, &socket);

	if (listener == NULL)
		return GO_ON;
	bpf_map_delete_elem(&bound, listener);
	bpf_map_delete_elem(&bound_by, &socket);
	return GO_ON;
}
