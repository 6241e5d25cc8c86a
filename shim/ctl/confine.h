/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AppArmor and SELinux, which can forbid a program to map the library. */
#ifndef CTL_CONFINE_H
#define CTL_CONFINE_H

#include "ctl/judge.h"
#include "ctl/library.h"

/* Warns if AppArmor has a profile for the program at path whose usual rules do not allow the
 * library, or SELinux's label of the library is not that of libraries. */
void confine_warn(struct verdict *verdict, const char *path, const struct library *library);

/* Returns whether the line of an AppArmor policy file begins a profile that is attached to path, as
 * "profile named /usr/sbin/named {" and "/usr/sbin/named flags=(complain) {" do. */
bool apparmor_is_profile_of(const char *line, const char *path);

/* Returns whether AppArmor's base abstraction, which most profiles include, allows a program to map
 * the library at this path. */
bool apparmor_allows(const char *library);

#endif
