/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells from a program's file whether the library can act in it. */
#ifndef CTL_REACH_H
#define CTL_REACH_H

#include "ctl/user.h"

#include <limits.h>
#include <stdbool.h>

/* A script's interpreter may be a script. Linux 6.18 follows this many, one more than execve(2)
 * says. */
enum { REACH_SCRIPTS_MAX = 5 };

enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_PRIVILEGES, /* the loader ignores the library silently */
	OBSTACLE_MACHINE,    /* the loader cannot load the library, and complains */
	OBSTACLE_GO,
	OBSTACLE_PASCAL,
	OBSTACLE_STATIC,
	OBSTACLE_LIBC, /* the library would load and do nothing */
};

struct reach {
	enum obstacle obstacle;
	bool is_known;		     /* the file could be read, and is a program */
	char path[PATH_MAX];	     /* the program or, if that is a script, its interpreter */
	char reason[PATH_MAX + 256]; /* names the obstacle, or why nothing is known; else "" */
};

/* Examines the executable file at path, which is shorter than PATH_MAX, as started by user. If the
 * file cannot be read or is not a program, the result is OBSTACLE_NONE. */
void reach_judge(const char *path, const struct user *user, struct reach *ret);

/* Returns whether the file is a library or a program for this machine and word size. */
bool reach_is_for_this_machine(const char *path);

/* Sets ret to what the kernel starts for the file: a script's interpreter, or the loader that a
 * program names. Returns false if there is none, or the file cannot be read. */
bool reach_find_interpreter(const char *path, char ret[PATH_MAX]);

#endif
