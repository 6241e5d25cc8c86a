/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done where a program installs a filter of seccomp(2): by prctl, or by number. */
#ifndef CALLS_FILTER_H
#define CALLS_FILTER_H

#include "core/attributes.h"

#include <stdbool.h>

/* Whether the system call of this number and first argument installs one. */
HIDDEN bool filter_is_installed_by(long number, long first_arg);

/* Before it: every candidate is watched, for afterwards it may be the program's end to do so. Keeps
 * errno. */
HIDDEN void filter_prepare(void);

/* After it, with what it returned, which is returned. Keeps errno. */
HIDDEN long filter_note(long result);

#endif
