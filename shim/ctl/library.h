/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library that is to be preloaded, and its entry in LD_PRELOAD. */
#ifndef CTL_LIBRARY_H
#define CTL_LIBRARY_H

#include "ctl/elf_file.h"

#include <limits.h>
#include <stdbool.h>

struct library {
	char path[PATH_MAX]; /* where it is installed */
	char file[PATH_MAX]; /* the same file, as this process can open it: below --root */
	char entry[PATH_MAX];
};

/*
 * Sets all of *ret. Both paths are shorter than PATH_MAX. The entry is /usr/$LIB/NAME if the
 * library is in that directory of the loader's, else the path. For $LIB (ld.so(8)) the loader of
 * each word size puts its own directory. The name alone would do that, too, but then the loader
 * complains in set-user-ID programs, where it ignores paths silently.
 */
void library_set(const char *path, const char *file, struct library *ret);

/* Returns whether the library is also installed for a program of another word size, whose loader
 * finds it by the entry. Only a 64-bit build knows 32-bit programs; else false. */
bool library_has_other(const struct library *library, const struct elf_file *program);

#endif
