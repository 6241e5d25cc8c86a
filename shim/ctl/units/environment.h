/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment that a unit gives its service, by systemd.exec(5): Environment=, then
 * EnvironmentFile=, then UnsetEnvironment=. Not known: what PassEnvironment=, PAM and the manager's
 * own environment add.
 */
#ifndef CTL_UNITS_ENVIRONMENT_H
#define CTL_UNITS_ENVIRONMENT_H

#include "ctl/units/unit.h"

/* Returns what Environment= gives the variable, as a new text, or NULL. */
char *environment_find(const struct unit *unit, const char *name);

/* Tells why the variable would not have the value that enable's drop-in gives it. Returns false if
 * it would, or *ret with the file and the line that are in the way. */
bool environment_is_overridden(
	const struct unit *unit, const char *name, const char *value, struct error_line *ret);

/* Returns whether the unit sets the variable anywhere. */
bool environment_has(const struct unit *unit, const char *name);

#endif
