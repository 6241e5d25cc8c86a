/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp(2) filters that the program has installed. A filter may kill the program for a system
 * call, so the library's own calls (runtime/impl.h) are checked against all filters first, and made
 * only if each returns ALLOW (or LOG, which allows).
 *
 * A filter applies to the thread that installs it and to the threads started by that one or, with
 * TSYNC, to all. Here it counts for all threads, and from a vfork child also for its parent: this
 * can cost a cure, never the program. Forked processes inherit filters and copies. Filters
 * installed before exec(2) or without libc are unknown; an errno that they return is handled like
 * any other refusal by the kernel.
 */
#ifndef RUNTIME_SANDBOX_H
#define RUNTIME_SANDBOX_H

#include "attributes.h"
#include "runtime/bpf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Set by the first filter, and never cleared. */
extern HIDDEN atomic_bool sandbox_has_filters;

/* The most arguments that a system call can have. */
enum { SANDBOX_ARGS = 6 };

/* Whether any filter has been seen. */
static inline bool sandbox_is_on(void)
{
	return UNLIKELY(atomic_load_explicit(&sandbox_has_filters, memory_order_relaxed));
}

/* Checks a system call against all filters. */
COLD bool sandbox_check(long number, const long args[SANDBOX_ARGS]);

/* Whether the library may make this system call. Keeps errno. Safe in threads and signal handlers.
 */
static inline bool sandbox_allows(long number, const long args[SANDBOX_ARGS])
{
	return !sandbox_is_on() || sandbox_check(number, args);
}

/* A filter being installed. */
struct sandbox_filter;

/* Runs before the program's call: copies its filter, which does not count yet. Pass NULL for strict
 * mode, which allows none of our calls. If the filter cannot be read or there is no memory, the
 * copy allows nothing either. Keeps errno. */
struct sandbox_filter *sandbox_copy(const struct bpf_program *program);
/* Whether this filter alone allows a call. */
bool sandbox_filter_allows(
	const struct sandbox_filter *filter, long number, const long args[SANDBOX_ARGS]);
/* sandbox_add makes the filter count; call it right before the program's call. If that fails, call
 * sandbox_drop, after which the filter no longer counts. */
void sandbox_add(struct sandbox_filter *filter);
void sandbox_drop(struct sandbox_filter *filter);

#endif
