/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the library can act in a program, as far as the program's file tells. */
#ifndef CTL_REACH_H
#define CTL_REACH_H

#include <limits.h>
#include <stdbool.h>

/* A script's interpreter may be a script; the kernel follows four of them (execve(2)). */
enum { REACH_SCRIPTS_MAX = 4 };

enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_PRIVILEGES, /* the loader ignores the library, without a word */
	OBSTACLE_MACHINE,    /* the loader cannot load it, and says so */
	OBSTACLE_GO,
	OBSTACLE_STATIC,
	OBSTACLE_LIBC, /* the library would do nothing */
};

struct reach {
	enum obstacle obstacle;
	char path[PATH_MAX]; /* of the program or, if that is a script, its interpreter */
};

/* Judges the executable file at path, shorter than PATH_MAX. Where it cannot be read, or is no
 * program, nothing is known to be in the way. */
void reach_judge(const char *path, struct reach *ret);

/* Says of an obstacle why no preload gets past it: "it is linked statically". */
const char *reach_explain(enum obstacle obstacle);

/* Whether the file is a library or a program for this machine and word size. */
bool reach_is_for_this_machine(const char *path);

/* What the kernel starts in place of the file: a script's interpreter, or the loader that a program
 * names. False if there is none, or the file cannot be read. */
bool reach_find_interpreter(const char *path, char ret[PATH_MAX]);

#endif
