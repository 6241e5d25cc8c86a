/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of units: systemd.unit(5). */
#ifndef CTL_UNITS_UNIT_NAME_H
#define CTL_UNITS_UNIT_NAME_H

#include "ctl/say.h"

#include <stdbool.h>

/* A name's length with its NUL, as systemd limits it. */
enum { UNIT_NAME = 256 };

/* Sets ret to the name with ".service", unless it ends in a type of units. Returns false with a
 * message if it cannot be a unit's name. */
bool unit_name_complete(const char *asked, char ret[UNIT_NAME], struct error_line *error);

/* Returns the type, such as "service"; "" if there is none. */
const char *unit_name_type(const char *name);

/* Of foo@.service. */
bool unit_name_is_template(const char *name);
/* Sets ret to foo@.service for foo@x.service. Returns false if the name is no instance's. */
bool unit_name_template(const char *name, char ret[UNIT_NAME]);

/* Returns a new text: the name, or a pattern for all instances of a template, foo@*.service. */
char *unit_name_instances(const char *name);
/* Returns a new text: the shell command that restarts them. */
char *unit_name_restart(const char *name);

/* Returns a new text in which the specifiers are replaced, as systemd does in a unit's settings.
 * Known are %n %N %p %i, the directories %t %S %C %L %E %T %V %h, and %%. */
char *unit_name_expand(const char *text, const char *unit);

#endif
