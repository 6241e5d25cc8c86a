/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all eBPF programs have: numbers, which other headers than the kernel's define, and counts.
 */
#ifndef KERNEL_COMMON_BPF_H
#define KERNEL_COMMON_BPF_H

#include "shared.h"

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

enum { GO_ON = 1, FAMILY_INET = 2, FAMILY_INET6 = 10 };

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

#endif
