/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files below a root directory: "" for the running system, else the directory of --root. Symbolic
 * links lead where they would lead if that were the root, as systemctl --root has it; on a kernel
 * without openat2(2), absolute ones lead to the running system's files.
 */
#ifndef CTL_UNITS_ROOT_FILES_H
#define CTL_UNITS_ROOT_FILES_H

#include <limits.h>
#include <stdbool.h>

/* open(2) of path, absolute, below root. Returns minus an errno on failure. */
int root_open(const char *root, const char *path, int flags);

/* Sets ret to the path in the running system that path below root is in the end. Returns false if
 * there is no such file. */
bool root_resolve(const char *root, const char *path, char ret[PATH_MAX]);

/* Reads a file whole. Returns 0 and a new text, or minus an errno: -EFBIG above a MiB. NUL bytes
 * become blanks. */
int root_read(const char *root, const char *path, char **ret);

#endif
