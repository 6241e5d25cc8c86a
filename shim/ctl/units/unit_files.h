/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds a unit's files in the unit directories, as systemd does: systemd.unit(5). */
#ifndef CTL_UNITS_UNIT_FILES_H
#define CTL_UNITS_UNIT_FILES_H

#include "ctl/units/unit.h"

/* Sets state, fragment, drop_ins and is_transient of the unit, and its name, if that
 * is another name of a unit. */
void unit_files_find(struct unit *unit);

#endif
