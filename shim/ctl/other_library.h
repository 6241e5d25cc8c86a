/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library for programs of another word size: each loader takes the one that fits, if LD_PRELOAD
 * names the library without a path. */
#ifndef CTL_OTHER_LIBRARY_H
#define CTL_OTHER_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

/* Finds the library that fits the program, which is of another word size than this one, in the
 * standard directories. Returns false if there is none, or the program is static or written in Go.
 * Only a 64-bit build knows 32-bit programs; else false. */
bool other_library_find(const char *program, char ret[PATH_MAX]);

#endif
