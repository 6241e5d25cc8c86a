/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells from a program's file whether the library can act in it. */
#ifndef CTL_REACH_H
#define CTL_REACH_H

#include "ctl/judge.h"
#include "ctl/library.h"
#include "ctl/user.h"

#include <limits.h>
#include <stdbool.h>

/* A script's interpreter may be a script. Linux 6.18 follows this many, one more than execve(2)
 * says. */
enum { REACH_SCRIPTS_MAX = 5 };

/*
 * Judges the executable file at path, which is shorter than PATH_MAX, as started by user, or by the
 * user of this process if that is NULL. library may be NULL; else a program of another word size is
 * fine if that is installed for it too. Sets all of *ret. Needs no rights but to read the file;
 * without these, or if it is not a program, the answer is ANSWER_UNKNOWN. Never executes a file,
 * and trusts nothing in it.
 */
void reach_judge(const char *path, const struct user *user, const struct library *library,
	struct verdict *ret);

/* Returns whether the file is a library or a program for this machine and word size. */
bool reach_is_for_this_machine(const char *path);

/* Sets ret to what the kernel starts for the file: a script's interpreter, or the loader that a
 * program names. Returns false if there is none, or the file cannot be read. */
bool reach_find_interpreter(const char *path, char ret[PATH_MAX]);

#endif
