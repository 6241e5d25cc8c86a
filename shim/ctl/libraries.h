/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the libraries that a program names, as ld.so(8) does. Not known: the directories of
 * /etc/ld.so.conf but the usual ones, and LD_LIBRARY_PATH. */
#ifndef CTL_LIBRARIES_H
#define CTL_LIBRARIES_H

#include "ctl/dynamic.h"

#include <limits.h>
#include <stdbool.h>

/* Finds the library of this name for the file at path, whose dynamic section is given: by its
 * DT_RPATH or DT_RUNPATH, and in the standard directories. Returns false if
 * there is none of this program's word size. */
bool libraries_find(
	const char *name, const char *path, const struct dynamic *dynamic, char ret[PATH_MAX]);

#endif
