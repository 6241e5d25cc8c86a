/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the peers: which socket each asked, where, and when. */
#ifndef KERNEL_PEERS_BPF_H
#define KERNEL_PEERS_BPF_H

#include "request.bpf.h"

#define SECOND_NS 1000000000ULL

/* What each peer asked last. What it asked other sockets before lies beside that, by their cookies;
 * most peers ask one, and have one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct kernel_peer);
	__type(value, struct kernel_source);
} peers SEC(".maps");

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

#endif
