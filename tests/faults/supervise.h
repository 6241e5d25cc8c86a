/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program under a seccomp filter that asks this process about each system call of the kinds
 * in calls.h (seccomp_unotify(2)): counts those of the library, and has some of them fail. Needs
 * Linux 5.5, no tracer and no privilege.
 */
#ifndef TESTS_FAULTS_SUPERVISE_H
#define TESTS_FAULTS_SUPERVISE_H

#include "calls.h"
#include "window.h"

#include <stdbool.h>

enum { MADE_MAX = 2000, OUTPUT_MAX = 65536 };

struct fault {
	int at; /* counted from 1; 0 for no fault */
	enum mode mode;
	int error;
};

/* What became of the program. */
struct outcome {
	int status; /* as from waitpid; -1 if it hung and was killed */
	int count;
	struct made made[MADE_MAX];
	char output[OUTPUT_MAX];
};

struct run {
	char *const *argv;
	const char *preload; /* NULL for bare */
	struct fault fault;
	bool is_watched;       /* false: no filter of ours */
	void (*prepare)(void); /* called in the child, before exec; may be NULL */
};

void supervise(const struct run *run, struct outcome *ret);

#endif
