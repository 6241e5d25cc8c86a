/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What check says of a running process. */
#ifndef CTL_CHECK_PROCESS_H
#define CTL_CHECK_PROCESS_H

#include "ctl/judge.h"

#include <stddef.h>
#include <sys/types.h>

/* Judges the process with this number: whether the library is in it, why not where its environment
 * names the library, or else whether the library could act in its program. *ret is all zero before.
 * Writes what to call it, such as "nsd[1204]", to ret_name. */
void check_process(pid_t pid, struct verdict *ret, char *ret_name, size_t size);

#endif
