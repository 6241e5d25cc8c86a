/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program and its libraries import: the functions that they call in other libraries. */
#ifndef CTL_IMPORTS_H
#define CTL_IMPORTS_H

#include "ctl/elf_file.h"

#include <stdbool.h>

/* Returns whether the file itself imports one of the socket functions. If it cannot be read, true:
 * nothing speaks against it then. */
bool imports_has_sockets(const struct elf_file *file);

/* Returns whether a file without a loader is a library, and not a static program. */
bool imports_is_library(const struct elf_file *file);

struct imports {
	bool is_complete;  /* every library was found and read */
	bool has_sockets;  /* the socket functions */
	bool has_plugins;  /* dlopen: what the program does, its imports do not tell */
	bool has_io_uring; /* liburing's functions */
};

/* Examines the program at path and the libraries that the loader would load with it, but not the C
 * library. */
void imports_examine(const char *path, struct imports *ret);

#endif
