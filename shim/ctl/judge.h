/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verdict whether the library can act in a program: for the wrapper, check, enable and audit.
 * reach.h judges by the program's file; others add what they know. */
#ifndef CTL_JUDGE_H
#define CTL_JUDGE_H

#include <limits.h>
#include <stdbool.h>

enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_PRIVILEGES, /* the loader ignores the library silently */
	OBSTACLE_MACHINE,    /* the loader cannot load the library, and complains */
	OBSTACLE_GO,
	OBSTACLE_PASCAL,
	OBSTACLE_STATIC,
	OBSTACLE_LIBC, /* the library would load and do nothing */
};

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
	bool kernel_can;	     /* of a no: the kernel back end can act in it */
	char warnings[VERDICT_WARNINGS][256]; /* unused ones are "" */
};

/* Sets a no for this obstacle, with the reason by format. */
void judge_no(struct verdict *ret, enum obstacle obstacle, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets the answer and the reason by format; the obstacle stays. */
void judge_set(struct verdict *ret, enum answer answer, const char *instead, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* Warns of what the imports of the program and its libraries tell: io_uring, or no socket functions
 * at all. Reads every library, which the wrapper saves itself. */
void judge_imports(struct verdict *verdict);

/* Adds a warning; the fifth and later ones are dropped. */
void judge_warn(struct verdict *ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
