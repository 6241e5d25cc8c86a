/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads AppArmor's policy: which programs have profiles, and what these allow. Pure functions. */
#ifndef CTL_APPARMOR_H
#define CTL_APPARMOR_H

#include <stdbool.h>

/* Returns whether the line of an AppArmor policy file begins a profile that is attached to path, as
 * "profile named /usr/sbin/named {" and "/usr/sbin/named flags=(complain) {" do. */
bool apparmor_is_profile_of(const char *line, const char *path);

/* Returns whether AppArmor's base abstraction, which most profiles include, allows a program to map
 * the library at this path. */
bool apparmor_allows(const char *library);

#endif
