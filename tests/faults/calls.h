/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of system calls that the library makes, and the errors that each may plausibly have. */
#ifndef TESTS_FAULTS_CALLS_H
#define TESTS_FAULTS_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum { CALL_ERRORS = 8 };

struct call_kind {
	const char *name;
	long number;
	int errors[CALL_ERRORS]; /* ends with 0, if shorter */
};

extern const struct call_kind call_kinds[];
extern const size_t call_kind_count;

/* NULL if the library does not make this call. */
const struct call_kind *call_find(long number);

enum mode {
	MODE_ONCE, /* the Nth call alone fails */
	MODE_KIND, /* and each later one with the same number */
	MODE_ON,   /* and each later one of any kind */
};
extern const char *const mode_names[];

/* A system call that the library made. */
struct made {
	const struct call_kind *kind;
	bool is_start;
	bool is_replacement; /* recvmsg or sendmsg for the program's recvfrom or sendto */
	int repetition;	     /* the program's own call, made again the Nth time; or 0 */
	long args[3];
};

/* Whether such a call may have this error although the program's own would succeed. */
bool call_may_fail(const struct made *made, int error, enum mode mode);

/* The name of an error that is named in calls.c, and its number from its name (0 for another). */
const char *call_error_name(int number);
int call_error_number(const char *name);

#endif
