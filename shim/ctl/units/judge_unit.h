/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges whether the library would act in a unit's service, for check and for enable. */
#ifndef CTL_UNITS_JUDGE_UNIT_H
#define CTL_UNITS_JUDGE_UNIT_H

#include "ctl/judge.h"
#include "ctl/library.h"
#include "ctl/units/unit.h"
#include "ctl/user.h"

/* Returns whether systemd can start the unit. If not, *ret says why. */
bool judge_unit_is_loaded(const struct unit *unit, struct error_line *ret);

/* Returns whether the unit is a service that systemd can start. If not, *ret says why, with a file
 * where there is one, and what to ask about instead. */
bool judge_unit_is_service(const struct unit *unit, struct error_line *ret);

/* Judges such a unit: its programs as user starts them, or if that is NULL as the unit's own user
 * does, and the settings that would keep the library, or the LD_PRELOAD of enable's drop-in, from
 * them. preload is what LD_PRELOAD would be. Sets all of *ret. */
void judge_unit(const struct unit *unit, const struct library *library, const char *preload,
	const struct user *user, struct verdict *ret);

/*
 * Judges what the unit starts, as the user that it starts it as, or as user unless that is NULL.
 * The name may lack ".service". *ret is all zero before. What cannot be asked, such as a unit that
 * does not exist or systemd where it does not run, is ANSWER_UNKNOWN with a clause that says so.
 */
void check_unit(const char *name, const struct user *user, struct verdict *ret);

#endif
