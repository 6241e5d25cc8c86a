/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which programs a service runs. */
#ifndef CTL_UNITS_EXEC_START_H
#define CTL_UNITS_EXEC_START_H

#include "ctl/units/unit.h"

/* Adds the programs that the unit's settings ExecStart= name. */
void exec_start_read(struct unit *unit);

/* Adds the program that a line of systemctl show names, unless it is of another property. */
void exec_start_take_shown(struct unit *unit, const char *line);

#endif
