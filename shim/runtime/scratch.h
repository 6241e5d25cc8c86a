/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each thread's buffer space for large batches (recvmmsg, sendmmsg). BIND's named receives up to 20
 * datagrams at once, which may be too many for a small thread's stack, and the datagram path must
 * not map memory each time. */
#ifndef RUNTIME_SCRATCH_H
#define RUNTIME_SCRATCH_H

#include <stddef.h>

/* Runs at the library's start. Without it scratch_take returns NULL. */
void scratch_init(void);

/*
 * Returns at least size bytes, aligned for any type and valid until scratch_give_back; NULL if
 * there is no memory. The mapping is kept for the thread's next batch and unmapped when the thread
 * ends, also by cancellation. If the thread is already using it (a signal handler interrupted a
 * batch, or a cleanup handler runs after cancellation in one), the caller gets a mapping of its
 * own. Both keep errno.
 */
void *scratch_take(size_t size);
void scratch_give_back(void *taken);

#endif
