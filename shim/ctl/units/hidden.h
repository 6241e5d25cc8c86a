/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a unit, and permissions, by which its service cannot load the library. */
#ifndef CTL_UNITS_HIDDEN_H
#define CTL_UNITS_HIDDEN_H

#include "ctl/library.h"
#include "ctl/units/unit.h"
#include "ctl/user.h"

/* Returns whether there is something of that kind, for a service that runs as user; *ret then has
 * its file, and a setting's line. */
bool hidden_is(const struct unit *unit, const struct library *library, const struct user *user,
	struct error_line *ret);

#endif
