/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of LD_PRELOAD for programs of each word size. */
#ifndef CTL_MULTILIB_H
#define CTL_MULTILIB_H

#include <limits.h>
#include <stdbool.h>

/*
 * Sets ret to what LD_PRELOAD gets for the library at path, which is shorter than PATH_MAX:
 * /usr/$LIB/NAME if the library is in that directory of the loader's, else path. For $LIB
 * (ld.so(8)) the loader of each word size puts its own directory. The name alone would do that,
 * too, but then the loader complains in set-user-ID programs, where it ignores paths silently.
 * Returns whether the entry is for each word size.
 */
bool multilib_entry(const char *path, char ret[PATH_MAX]);

#endif
