/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp(2) filters that the program has put itself under. A filter may end the program for a
 * system call, so the library's own calls (runtime/impl.h) are put to all of them first, and are
 * made only where each says ALLOW (or LOG, which allows).
 *
 * A filter holds for the thread that installs it and for those that it starts, or, by TSYNC, for
 * all; here it counts for all threads, and in a vfork child for its parent, too: what that costs is
 * a cure, never the program. Forked processes inherit filters and copies. Filters from before
 * exec(2), and those installed past libc, are not known; what they refuse by an errno is met as any
 * other refusal of the kernel's.
 */
#ifndef RUNTIME_SANDBOX_H
#define RUNTIME_SANDBOX_H

#include "attributes.h"
#include "runtime/bpf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Set when the first filter comes, and kept. */
extern HIDDEN atomic_bool sandbox_has_filters;

/* How many arguments a system call can have. */
enum { SANDBOX_ARGS = 6 };

/* Whether any filter was seen. */
static inline bool sandbox_is_on(void)
{
	return UNLIKELY(atomic_load_explicit(&sandbox_has_filters, memory_order_relaxed));
}

/* Puts a system call to all filters. */
COLD bool sandbox_check(long number, const long args[SANDBOX_ARGS]);

/* Whether the library may make this system call. Keeps errno. Safe in threads and signal handlers.
 */
static inline bool sandbox_allows(long number, const long args[SANDBOX_ARGS])
{
	return !sandbox_is_on() || sandbox_check(number, args);
}

/* A filter that is being installed. */
struct sandbox_filter;

/*
 * Before the program's call: a copy of its filter, which does not count yet. NULL stands for strict
 * mode, which allows nothing of ours, and so does the copy of a program that cannot be read, or for
 * which there is no memory. Keeps errno.
 */
struct sandbox_filter *sandbox_copy(const struct bpf_program *program);
/* Whether this filter alone allows a call. */
bool sandbox_filter_allows(
	const struct sandbox_filter *filter, long number, const long args[SANDBOX_ARGS]);
/* Right before the program's call: from now on the filter counts; and after one that failed: it
 * does not. */
void sandbox_add(struct sandbox_filter *filter);
void sandbox_drop(struct sandbox_filter *filter);

#endif
