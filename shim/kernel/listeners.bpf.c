/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keyword auto for listeners, in the kernel: an AF_INET and a dual-stack socket of one user may
 * have one port, so IPv4 arrives at the AF_INET one, and nobody loses any.
 *
 * eBPF cannot set IPV6_V6ONLY, so each listener on a wildcard address gets SO_REUSEPORT before it
 * is bound: the kernel then lets the other family in. It would let in a second socket of the same
 * family, too, so a port that has one already is left alone, and one that comes later with an
 * SO_REUSEPORT of its own is refused. bpf_setsockopt(SO_REUSEPORT) at bind is of Linux 6.1.
 */
#include "common.bpf.h"

#include <linux/in.h>

char LICENSE[] SEC("license") = "LGPL-2.1-or-later";

enum {
	LEVEL_SOCKET = 1,
	REUSEADDR = 2,
	REUSEPORT = 15,
	PROTOCOL_MPTCP = 262,
	IN_USE = 98, /* EADDRINUSE */
};

/* The settings, constant once the programs are loaded. */
const volatile struct kernel_ports tcp_auto, udp_auto, udplite_auto;

/* Who has a port, on whichever address. The kernel's own tables cannot be asked for a TCP socket
 * that is bound and does not listen yet, nor for one on an address that is not known. A full map
 * leaves sockets out, and none is taken out before it is closed. */
struct holders {
	__u64 sharer; /* SO_COOKIE of the one that has SO_REUSEPORT by us; 0 for none */
	__u32 count;
	__u32 sharer_reuses_address;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct kernel_listener);
	__type(value, struct holders);
} held SEC(".maps");

/* The reverse, by SO_COOKIE, because a closing socket does not show its port. A port of 0 means
 * that the socket is not bound yet, or could not be. */
struct holding {
	struct kernel_listener what;
	__u32 has_our_option, reuses_address;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct holding);
} holds SEC(".maps");

/* The processes that use MPTCP, as Go does from 1.24 on. What is bound there is a TCP socket inside
 * of theirs, whose end no program sees: of these, the kernel's own tables have to be enough. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} mptcp_users SEC(".maps");

static __always_inline bool is_auto(__u32 protocol, __u16 port)
{
	const volatile struct kernel_ports *ports = protocol == IPPROTO_TCP   ? &tcp_auto
						    : protocol == IPPROTO_UDP ? &udp_auto
									      : &udplite_auto;
	__u32 byte = port >> 3;

	/* Linux 6.1 does not know that a swapped port has 16 bits. Without the barrier, clang does,
	 * and drops the mask that tells it. */
	barrier_var(byte);
	return ports->bits[byte & (sizeof(ports->bits) - 1)] & (1 << (port & 7));
}

static __always_inline bool is_listener_protocol(__u32 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

static __always_inline __u32 process(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

static __always_inline bool is_seen_closing(__u32 protocol)
{
	__u32 user = process();

	return protocol != IPPROTO_TCP || bpf_map_lookup_elem(&mptcp_users, &user) == NULL;
}

SEC("cgroup/sock_create")
int bindright_open(struct bpf_sock *sk)
{
	__u32 user = process();
	__u8 yes = 1;

	if (sk->protocol == PROTOCOL_MPTCP)
		bpf_map_update_elem(&mptcp_users, &user, &yes, BPF_ANY);
	return GO_ON;
}

/* Whether a socket of this family on a wildcard address has the port, and listens. No socket is
 * bound to the destination 0.0.0.0, so only such are found. The lookup knows no UDP-Lite. */
static __always_inline bool is_served(
	struct bpf_sock_addr *ctx, const struct kernel_listener *wanted)
{
	struct bpf_sock_tuple tuple = {};
	__u32 size = sizeof(tuple.ipv4);
	struct bpf_sock *holder;
	bool is_of_family;

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

static __always_inline bool has_option(struct bpf_sock_addr *ctx, int name)
{
	int value = 0;

	return bpf_getsockopt(ctx, LEVEL_SOCKET, name, &value, sizeof(value)) == 0 && value;
}

static __always_inline void set_reuseport(struct bpf_sock_addr *ctx, int value)
{
	bpf_setsockopt(ctx, LEVEL_SOCKET, REUSEPORT, &value, sizeof(value));
}

/* What was set for an attempt to bind that failed is not the program's. */
static __always_inline void take_back(struct bpf_sock_addr *ctx, __u64 socket)
{
	struct holding *before = bpf_map_lookup_elem(&holds, &socket);

	if (before == NULL || !before->has_our_option)
		return;
	set_reuseport(ctx, 0);
	bpf_map_delete_elem(&holds, &socket);
}

static __always_inline void let_share(struct bpf_sock_addr *ctx,
	const struct kernel_listener *wanted, __u64 socket, bool reuses_address)
{
	struct holding holding = {.has_our_option = 1, .reuses_address = reuses_address};

	if (bpf_map_lookup_elem(&held, wanted) != NULL || is_served(ctx, wanted))
		return;
	if (is_seen_closing(wanted->protocol) &&
		bpf_map_update_elem(&holds, &socket, &holding, BPF_ANY) != 0)
		return;
	set_reuseport(ctx, 1);
	count(KERNEL_SHARED);
}

/* A program's own SO_REUSEPORT shares with sockets that have it, and with none that has it by us:
 * without us, the kernel would refuse. Where SO_REUSEADDR is enough, it would not. */
static __always_inline bool would_be_refused(
	struct bpf_sock_addr *ctx, const struct kernel_listener *wanted, bool reuses_address)
{
	const struct holders *holders = bpf_map_lookup_elem(&held, wanted);

	if (holders == NULL || holders->sharer == 0)
		return false;
	return !reuses_address || !holders->sharer_reuses_address || is_served(ctx, wanted);
}

static __always_inline int bind(struct bpf_sock_addr *ctx, __u8 family, bool is_wildcard)
{
	struct kernel_listener wanted = {.family = family, .port = bpf_ntohs(ctx->user_port)};
	struct bpf_sock *sk = ctx->sk;
	__u64 socket = bpf_get_socket_cookie(ctx);
	bool reuses_address;

	if (sk == NULL || sk->src_port != 0 || !is_listener_protocol(ctx->protocol))
		return GO_ON;
	take_back(ctx, socket);
	if (wanted.port == 0)
		return GO_ON;
	wanted.protocol = ctx->protocol;
	wanted.netns = bpf_get_netns_cookie(ctx);
	reuses_address = has_option(ctx, REUSEADDR);
	if (has_option(ctx, REUSEPORT)) {
		if (would_be_refused(ctx, &wanted, reuses_address))
			bpf_set_retval(-IN_USE);
		return GO_ON;
	}
	/* UDP sockets share by SO_REUSEADDR, too; those that do are left as they are. */
	if (is_wildcard && sk->bound_dev_if == 0 && is_auto(ctx->protocol, wanted.port) &&
		!(reuses_address && ctx->protocol != IPPROTO_TCP))
		let_share(ctx, &wanted, socket, reuses_address);
	return GO_ON;
}

SEC("cgroup/bind4")
int bindright_bind4(struct bpf_sock_addr *ctx)
{
	return bind(ctx, FAMILY_INET, ctx->user_ip4 == 0);
}

static __always_inline bool is_v4_mapped(__u32 first, __u32 second, __u32 third)
{
	return first == 0 && second == 0 && third == bpf_htonl(0xffff);
}

/* A v4-mapped address is an IPv4 one, and no wildcard: nobody asks for both families by it. */
SEC("cgroup/bind6")
int bindright_bind6(struct bpf_sock_addr *ctx)
{
	const __u32 first = ctx->user_ip6[0], second = ctx->user_ip6[1], third = ctx->user_ip6[2];

	if (is_v4_mapped(first, second, third))
		return bind(ctx, FAMILY_INET, false);
	return bind(ctx, FAMILY_INET6, (first | second | third | ctx->user_ip6[3]) == 0);
}

static __always_inline void forget(__u64 socket)
{
	struct holding *holding = bpf_map_lookup_elem(&holds, &socket);
	struct holders *holders;

	if (holding == NULL)
		return;
	holders = bpf_map_lookup_elem(&held, &holding->what);
	if (holders != NULL) {
		if (holders->sharer == socket)
			holders->sharer = 0;
		__sync_fetch_and_add(&holders->count, -1);
		if (holders->count == 0)
			bpf_map_delete_elem(&held, &holding->what);
	}
	bpf_map_delete_elem(&holds, &socket);
}

static __always_inline int note_bound(struct bpf_sock *sk, __u8 family)
{
	const __u64 socket = bpf_get_socket_cookie(sk);
	struct holding *before = bpf_map_lookup_elem(&holds, &socket), holding = {};
	struct holders *holders, first = {};

	if (!is_listener_protocol(sk->protocol) || !is_seen_closing(sk->protocol))
		return GO_ON;
	if (before != NULL)
		holding = *before;
	/* A socket whose port the kernel chose can be bound again, once it has been disconnected.
	 */
	forget(socket);
	holding.what.netns = bpf_get_netns_cookie(sk);
	holding.what.port = sk->src_port;
	holding.what.family = family;
	holding.what.protocol = sk->protocol;
	if (bpf_map_update_elem(&holds, &socket, &holding, BPF_ANY) != 0)
		return GO_ON;
	bpf_map_update_elem(&held, &holding.what, &first, BPF_NOEXIST);
	holders = bpf_map_lookup_elem(&held, &holding.what);
	if (holders == NULL)
		return GO_ON;
	__sync_fetch_and_add(&holders->count, 1);
	if (holding.has_our_option) {
		holders->sharer = socket;
		holders->sharer_reuses_address = holding.reuses_address;
	}
	return GO_ON;
}

SEC("cgroup/post_bind4")
int bindright_post4(struct bpf_sock *sk)
{
	return note_bound(sk, FAMILY_INET);
}

SEC("cgroup/post_bind6")
int bindright_post6(struct bpf_sock *sk)
{
	return note_bound(sk, is_v4_mapped(sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2])
				      ? FAMILY_INET
				      : FAMILY_INET6);
}

SEC("cgroup/sock_release")
int bindright_close(struct bpf_sock *sk)
{
	forget(bpf_get_socket_cookie(sk));
	return GO_ON;
}

/* The port of a client stays taken after it has been closed: what is left of its connection
 * (TIME_WAIT) has SO_REUSEPORT, too, and would let another bind to a port from which it then cannot
 * connect. */
static __always_inline int leave_to_client(struct bpf_sock_addr *ctx)
{
	__u64 socket = bpf_get_socket_cookie(ctx);
	struct holding *holding;
	struct holders *holders;

	if (ctx->protocol != IPPROTO_TCP ||
		(holding = bpf_map_lookup_elem(&holds, &socket)) == NULL)
		return GO_ON;
	holders = bpf_map_lookup_elem(&held, &holding->what);
	if (holders != NULL && holders->sharer == socket) {
		holders->sharer = 0;
		bpf_map_delete_elem(&holds, &socket);
	}
	return GO_ON;
}

SEC("cgroup/connect4")
int bindright_client4(struct bpf_sock_addr *ctx)
{
	return leave_to_client(ctx);
}

SEC("cgroup/connect6")
int bindright_client6(struct bpf_sock_addr *ctx)
{
	return leave_to_client(ctx);
}
