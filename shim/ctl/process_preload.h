/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a library that a process's LD_PRELOAD names is not in the process. */
#ifndef CTL_PROCESS_PRELOAD_H
#define CTL_PROCESS_PRELOAD_H

#include "ctl/judge.h"
#include "ctl/process.h"

#include <stdbool.h>

/* Returns whether an entry of list, the value of an LD_PRELOAD, has this file name. */
bool preload_has(const char *list, const char *file_name);

/* Sets the verdict to no, and the reason to the likeliest one. list has the file name. */
void preload_explain(const struct process *process, const char *list, const char *file_name,
	struct verdict *verdict);

#endif
