/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the running systemd, by systemctl(1): without a shell, and with a time limit. */
#ifndef CTL_UNITS_SYSTEMCTL_H
#define CTL_UNITS_SYSTEMCTL_H

#include "ctl/say.h"
#include "ctl/units/text.h"

#include <stdbool.h>

/* Runs "systemctl VERB [UNIT]" for at most limit_s seconds. Returns false with a message, which has
 * what systemctl wrote, if it fails. unit may be NULL. */
bool systemctl_do(const char *verb, const char *unit, int limit_s, struct error_line *error);

/* Adds a text KEY=VALUE to *ret for each property of the unit: systemctl show. properties are
 * separated by commas. */
bool systemctl_show(
	const char *unit, const char *properties, struct texts *ret, struct error_line *error);

/* Returns the value of the first property of this name, or "". */
const char *systemctl_property(const struct texts *properties, const char *name);

#endif
