/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the kernel back end is attached: found by the processes that have it attached, and asked of
 * the kernel, so nothing is left of one that was killed. */
#ifndef KERNEL_ATTACHED_H
#define KERNEL_ATTACHED_H

#include "kernel/shared.h"
#include "settings/settings.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct attached {
	pid_t pid;	 /* of bindrightctl attach */
	uint64_t cgroup; /* the control group's id */
	uint64_t netns;	 /* the inode of its network namespace */
	bool has_replies, has_listeners;
	struct settings settings; /* as the process was started with them */
	bool has_counts;	  /* false without the right to read them */
	struct kernel_counts counts;
};

/* Calls each for every process that has the kernel back end attached. Without the right to look at
 * a process, it is left out. Where bindrightctl was built without the kernel back end, there is
 * none. */
void attached_each(void (*each)(const struct attached *attached, void *data), void *data);

/* Finds the one that is attached to this very group. */
bool attached_find(uint64_t cgroup, struct attached *ret);

#endif
