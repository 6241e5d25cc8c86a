/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is a process's own, and not its parent's: recognizes a vfork child. Python's subprocess (3.9
 * and later) calls dup2 in one; noting that in the parent's memory would exclude the parent's own
 * socket of the same number from the cure. */
#ifndef RUNTIME_PROCESS_H
#define RUNTIME_PROCESS_H

#include <stdbool.h>

/* Runs at the library's start; until then process_is_vfork_child returns false. */
void process_init(void);

/* PROCESS_OWN bytes of memory, aligned to 64: zero at the start, and zero again in each forked
 * process. A vfork child has its parent's. NULL if the kernel refuses. */
enum { PROCESS_OWN = 4096 - 64 };
void *process_own_memory(void);

/* Whether this is a vfork child (or one of posix_spawn, or of clone with CLONE_VM). It has its own
 * descriptors but writes to its parent's memory, so it must not note there what happens to its
 * descriptors. Makes one system call. Safe in signal handlers. */
bool process_is_vfork_child(void);

#endif
