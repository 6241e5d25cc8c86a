/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library that a unit is to run with. */
#ifndef CTL_UNITS_INSTALLED_H
#define CTL_UNITS_INSTALLED_H

#include "ctl/library.h"
#include "ctl/say.h"

/* Finds the library at path, or the installed one if that is NULL. root is NULL for the running
 * system. Returns false with a message if it is not there, or cannot be preloaded. */
bool installed_find(
	const char *path, const char *root, struct library *ret, struct error_line *error);

#endif
