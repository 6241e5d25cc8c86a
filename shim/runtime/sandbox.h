/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the program has put itself under a seccomp(2) filter. */
#ifndef RUNTIME_SANDBOX_H
#define RUNTIME_SANDBOX_H

#include "core/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Set by sandbox_enter, never cleared; forked processes inherit it with the filter. */
extern HIDDEN atomic_bool sandbox_is_entered;

/*
 * Whether a filter was installed through libc since the program began. From then on a system call
 * that the program does not make itself may end it, so none of another kind is made than those that
 * it makes. A filter that was there before exec cannot be known. Safe in signal handlers.
 */
static inline bool sandbox_is_on(void)
{
	return UNLIKELY(atomic_load_explicit(&sandbox_is_entered, memory_order_relaxed));
}

/* A filter has been installed. */
void sandbox_enter(void);

#endif
