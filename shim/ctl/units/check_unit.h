/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What check says of a systemd unit. */
#ifndef CTL_UNITS_CHECK_UNIT_H
#define CTL_UNITS_CHECK_UNIT_H

#include "ctl/judge.h"

/*
 * Judges what the unit starts, as the user that it starts it as, or as user unless that is NULL.
 * The name may lack ".service". *ret is all zero before. What cannot be asked, such as a unit that
 * does not exist or systemd where it does not run, is ANSWER_UNKNOWN with a clause that says so.
 */
void check_unit(const char *name, const struct user *user, struct verdict *ret);

#endif
