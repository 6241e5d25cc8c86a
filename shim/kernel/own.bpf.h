/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, and which of them this host has: only these are named as sources. */
#ifndef KERNEL_OWN_BPF_H
#define KERNEL_OWN_BPF_H

#include "common.bpf.h"

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

#endif
