/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program installs a seccomp(2) filter, by prctl or by system call number. */
#ifndef CALLS_FILTER_H
#define CALLS_FILTER_H

#include "attributes.h"
#include "runtime/sandbox.h"

/* One call that installs a filter. */
struct filter_call {
	const struct bpf_program *program; /* the program's own; NULL for strict mode */
	bool returns_fd;		   /* on success the result is a listener's descriptor */
	struct sandbox_filter *filter;	   /* our copy, made by filter_begin */
};

/* Whether the system call number, with these arguments, installs a filter. *ret is filled if so. */
HIDDEN bool filter_is_installed_by(
	long number, const long args[SANDBOX_ARGS], struct filter_call *ret);

/*
 * filter_begin runs before the program's call: it starts watching every candidate, which the filter
 * may forbid later, logs what the filter will exclude from the cure, and makes the filter count for
 * the library's own system calls. filter_end runs after the call, takes its result and returns it;
 * if the call failed, the filter no longer counts. Both keep errno.
 */
HIDDEN void filter_begin(struct filter_call *call);
HIDDEN long filter_end(const struct filter_call *call, long result);

#endif
