/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of program names, the values of BINDRIGHT_ONLY and BINDRIGHT_SKIP: NAME[,NAME]..., where a
 * NAME may be a pattern of glob(7). */
#ifndef SETTINGS_NAMES_H
#define SETTINGS_NAMES_H

#include "settings/rules.h"

enum { NAMES_LIST = 1024 };

struct names {
	char list[NAMES_LIST]; /* each ends with a NUL, the last with two */
};

/* Parses value into *ret. False, with *ret untouched, if it is not a list of names: *error then
 * says why. */
bool names_parse(const char *value, struct names *ret, struct parse_error *error);

bool names_are_empty(const struct names *names);
/* Whether a name or pattern of the list matches name. */
bool names_match(const struct names *names, const char *name);

#endif
