/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs sequences in new processes, each run in a namespace of its own. */
#ifndef TESTS_DIFFERENTIAL_RUN_H
#define TESTS_DIFFERENTIAL_RUN_H

#include "differential.h"

/* The lines of a run; free() the text. */
struct lines {
	char *text;
	size_t size;
};

struct runs_of {
	struct lines bare, with;
};

/* Set by main: what LD_PRELOAD is with the library. */
extern const char *run_library;

/* Plays the sequences of a mode from first to below end, bare and with the library at once. */
struct runs_of run_many(uint64_t seed, enum mode mode, int first, int end);
/* Plays one sequence. */
struct runs_of run_one(const struct plan *plan);
struct lines run_one_bare(const struct plan *plan);
void runs_free(struct runs_of *runs);

/* The lines of a sequence in those of many; with no size if there are none. */
struct lines lines_of(const struct lines *all, int number);
bool lines_are_equal(const struct lines *a, const struct lines *b);

/* What the new process does: its arguments are those of main. */
_Noreturn void run_player(int argc, char **argv);

#endif
