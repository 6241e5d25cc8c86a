/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each thread's buffer space for large batches (recvmmsg, sendmmsg): BIND's named receives up to 20
 * datagrams at once, for which a small thread's stack may be too short, and the datagram path must
 * not map memory each time.
 */
#ifndef RUNTIME_SCRATCH_H
#define RUNTIME_SCRATCH_H

#include <stddef.h>

/* At the library's start; without it there is never any room. */
void scratch_init(void);

/*
 * At least size bytes, aligned for anything, until scratch_give_back; NULL if there is no memory.
 * Kept for the thread's next batch and unmapped when the thread ends, also by cancellation. Who
 * comes while the thread has it in use already (a signal handler that interrupted a batch, a
 * cleanup handler of a thread that was cancelled in one) gets a mapping of its own. Both keep
 * errno.
 */
void *scratch_take(size_t size);
void scratch_give_back(void *taken);

#endif
