/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of a unit that runs. */
#ifndef CTL_UNITS_PROCESSES_H
#define CTL_UNITS_PROCESSES_H

#include "ctl/units/unit.h"

/*
 * Returns whether one of the unit's processes runs one of the unit's own programs in secure mode,
 * where the loader ignores the library: as squid's worker does, which its parent starts with
 * different real and effective user IDs. *ret then says which. Processes that other programs run,
 * and those that this process may not look at, do not count.
 */
bool processes_are_secure(const struct unit *unit, struct error_line *ret);

#endif
