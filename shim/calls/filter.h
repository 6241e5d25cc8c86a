/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program that installs a seccomp(2) filter: by prctl, or by a system call's number. */
#ifndef CALLS_FILTER_H
#define CALLS_FILTER_H

#include "attributes.h"
#include "runtime/sandbox.h"

/* Such a call. */
struct filter_call {
	const struct bpf_program *program; /* the program's; NULL for strict mode */
	bool returns_fd;		   /* of a listener, where it succeeds */
	struct sandbox_filter *filter;	   /* our copy, once filter_begin is through */
};

/* Whether the system call of this number, which is SYS_prctl or SYS_seccomp, is one. */
HIDDEN bool filter_is_installed_by(
	long number, const long args[SANDBOX_ARGS], struct filter_call *ret);

/*
 * Before it: every candidate is watched, for afterwards that may be forbidden, and what the filter
 * will keep from being cured is logged. After it, with what it returned, which is returned. Both
 * keep errno.
 */
HIDDEN void filter_begin(struct filter_call *call);
HIDDEN long filter_end(const struct filter_call *call, long result);

#endif
