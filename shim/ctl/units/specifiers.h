/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The replacement of specifiers such as %n in a unit's settings: systemd.unit(5). */
#ifndef CTL_UNITS_SPECIFIERS_H
#define CTL_UNITS_SPECIFIERS_H

/* Returns a new text: known are %n %N %p %i %j, the directories %t %S %C %L %E %T %V %h, and %%. An
 * unknown one, which may differ between hosts or need unescaping, stays. */
char *specifiers_expand(const char *text, const char *unit);

#endif
