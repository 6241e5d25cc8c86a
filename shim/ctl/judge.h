/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judges whether the library can act in a program, for the wrapper, for check and for enable. Never
 * executes a file, and trusts nothing in it.
 */
#ifndef CTL_JUDGE_H
#define CTL_JUDGE_H

#include "ctl/reach.h"
#include "ctl/user.h"

#include <limits.h>

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN };

/* Returns "yes", "no" or "unknown". */
const char *judge_answer(enum answer answer);

/* Lines that do not change the answer. */
enum { VERDICT_WARNINGS = 4 };

struct verdict {
	enum answer answer;
	enum obstacle obstacle;	     /* OBSTACLE_NONE unless the answer is ANSWER_NO */
	char path[PATH_MAX];	     /* the program or, if that is a script, its interpreter */
	char reason[PATH_MAX + 512]; /* a clause that tells why it is no or unknown; else "" */
	const char *instead;	     /* what else to do; NULL if nothing is known */
	char warnings[VERDICT_WARNINGS][256]; /* unused ones are "" */
};

/* Judges the executable file at path, as started by user, or by the user of this process if that is
 * NULL. Sets all of *ret. Needs no rights but to read the file; without these, the answer is
 * ANSWER_UNKNOWN. */
void judge_program(const char *path, const struct user *user, struct verdict *ret);

/* Returns what to do instead where a program has this obstacle; NULL for OBSTACLE_NONE. */
const char *judge_instead(enum obstacle obstacle);

/* Sets the answer and the reason by format, without an obstacle: for what files do not tell. */
void judge_set(struct verdict *ret, enum answer answer, const char *instead, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* Turns a no for another word size into a yes if the library is installed for that too, where the
 * program's loader finds it by its name alone. The wrapper does not use this: it gives a path. */
void judge_other_library(struct verdict *verdict);

/* Warns of what the imports of the program and its libraries tell: io_uring, or no socket functions
 * at all. Reads every library, which the wrapper saves itself. */
void judge_imports(struct verdict *verdict);

/* Adds a warning; the fifth and later ones are dropped. */
void judge_warn(struct verdict *ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
