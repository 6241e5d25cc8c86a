/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What check says of a running process. */
#ifndef CTL_CHECK_PROCESS_H
#define CTL_CHECK_PROCESS_H

#include "ctl/judge.h"
#include "ctl/process.h"

#include <stddef.h>
#include <sys/types.h>

/* Judges the process with this number: whether the library is in it, why not where its environment
 * names the library, or else whether the library could act in its program. *ret is all zero before.
 * Writes what to call it, such as "nsd[1204]", to ret_name. */
void check_process(pid_t pid, struct verdict *ret, char *ret_name, size_t size);

/* Returns what keeps every preload out of the program of this process, as the user who started it:
 * OBSTACLE_NONE if nothing does, or the process has ended or may not be looked into. */
enum obstacle check_process_obstacle(const struct process *process);

#endif
