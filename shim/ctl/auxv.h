/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/PID/auxv: what the kernel told a program when it started (getauxval(3)). */
#ifndef CTL_AUXV_H
#define CTL_AUXV_H

#include "ctl/user.h"

#include <stdbool.h>
#include <stddef.h>

struct auxv {
	bool is_secure;	  /* AT_SECURE: the loader ignores an LD_PRELOAD with a path */
	struct user user; /* as the program started, without a name */
};

/* Parses the auxiliary vector of a process of this program's word size. Returns false if one of the
 * entries needed is missing, as in the vector of a process of another word size. */
bool auxv_parse(const void *data, size_t len, struct auxv *ret);

#endif
