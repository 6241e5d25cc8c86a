/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library that a unit is to run with. */
#ifndef CTL_UNITS_LIBRARY_H
#define CTL_UNITS_LIBRARY_H

#include "ctl/say.h"
#include "ctl/user.h"

#include <limits.h>
#include <stdbool.h>

struct library {
	char path[PATH_MAX]; /* below the root */
	const char
		*entry; /* for LD_PRELOAD: its name, where every loader finds it by that, or path */
};

/* Finds the library at path, or the installed one if that is NULL. root is NULL for the running
 * system. Returns false with a message if it is not there, or cannot be preloaded. */
bool library_find(
	const char *path, const char *root, struct library *ret, struct error_line *error);

/* Returns whether the user may read the library, by the permissions of it and of its directories.
 * If not, *ret names the file. user is NULL for one who is nobody's owner and in nobody's group. */
bool library_is_readable(const struct library *library, const char *root, const struct user *user,
	struct error_line *ret);

#endif
