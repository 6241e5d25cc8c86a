/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SystemCallFilter= of a unit, where it is in the way of the library. */
#ifndef CTL_UNITS_FILTER_H
#define CTL_UNITS_FILTER_H

#include "ctl/units/unit.h"

/* Returns whether the unit's filter refuses a call without which the library cures nothing, or
 * kills the service at a call that the library makes; *ret then has the file and line of the
 * setting. Knows of a filter only where systemd has told: it expands the sets of calls, such as
 * @process. */
bool filter_is_in_the_way(const struct unit *unit, struct error_line *ret);

#endif
