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

/* What a process that has something attached calls itself, whatever its program's name. */
#define ATTACHED_NAME "bindrightctl"

enum { ATTACHED_MAPS = 2 };

struct attached {
	pid_t pid;	 /* of bindrightctl attach */
	uint64_t cgroup; /* the control group's id */
	uint64_t netns;	 /* the inode of its network namespace */
	bool has_replies, has_listeners;
	bool is_stopped;	  /* by a signal or a debugger: soon no reply gets a source */
	struct settings settings; /* as the process was started with them */
	char given[1024];	  /* those that it was given: lines NAME=value */
	int socket_map;		  /* its descriptor there, of what is known of sockets, or -1 */
	int count_maps[ATTACHED_MAPS]; /* the same, of counts */
	bool has_counts; /* attached_read_counts has been called, with the right to read them */
	struct kernel_counts counts;
};

/* Whether bindrightctl was built with the kernel back end. */
bool attached_is_available(void);

/* Calls each for every process that has the kernel back end attached. Without the right to look at
 * a process, it is left out. Where bindrightctl was built without the kernel back end, there is
 * none. */
void attached_each(void (*each)(const struct attached *attached, void *data), void *data);

/* Reads what the programs know of a UDP socket, which this process has as fd: bits of enum
 * kernel_socket, 0 for one that is older than they are, -1 if it cannot be asked. */
int attached_read_socket(const struct attached *attached, int fd);

/* Finds the one that is attached to this very group. */
bool attached_find(uint64_t cgroup, struct attached *ret);

/* Reads the counts, by a duplicate of its process's descriptors (pidfd_getfd(2)). */
void attached_read_counts(struct attached *attached);

/* Returns a process that may have something attached, but may not be looked at; 0 if there is none.
 */
pid_t attached_find_unseen(void);

#endif
