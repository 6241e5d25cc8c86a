/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a unit by which its service cannot load a library that lies at a path. */
#ifndef CTL_UNITS_HIDDEN_H
#define CTL_UNITS_HIDDEN_H

#include "ctl/units/unit.h"

/* Returns whether there is such a setting; *ret then has its file and line. library is its path
 * below the unit's root. */
bool hidden_is(const struct unit *unit, const char *library, struct error_line *ret);

#endif
