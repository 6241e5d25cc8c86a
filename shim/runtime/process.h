/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which process we are in: Python's subprocess (3.9 and later) calls dup2 in a vfork child. Noted
 * in its parent's memory, that would take the parent's own socket at the same number out of the
 * cure.
 */
#ifndef RUNTIME_PROCESS_H
#define RUNTIME_PROCESS_H

#include <stdbool.h>

/* At the library's start. */
void process_init(void);

/*
 * Whether this is a vfork child (or one of posix_spawn, or of clone with CLONE_VM): it has
 * descriptors of its own but writes into its parent's memory, so it must not note down there what
 * becomes of its descriptors. One system call. Safe in signal handlers.
 */
bool process_is_vfork_child(void);

#endif
