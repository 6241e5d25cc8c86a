/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AppArmor and SELinux, which can forbid a program to map the library. */
#ifndef CTL_CONFINE_H
#define CTL_CONFINE_H

#include "ctl/judge.h"
#include "ctl/library.h"

/* Warns if AppArmor has a profile for the program at path whose usual rules do not allow the
 * library, or SELinux's label of the library is not that of libraries. */
void confine_warn(struct verdict *verdict, const char *path, const struct library *library);

#endif
