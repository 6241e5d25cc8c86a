/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long the random tests and the fuzzers run. The variable RUNS of the environment is a
 * percentage of what `make check` runs: `make check-unit` runs less, a search for a rare fault
 * more.
 */
#ifndef RUNS_H
#define RUNS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS_MAX_PERCENT = 10000 };

/* Written once, before main. */
static long runs_percent = 100;

/* Ends a program whose RUNS is no such percentage: TAP for "this test gave up, and why". */
static __attribute__((constructor)) void runs_init(void)
{
	const char *text = getenv("RUNS");
	char *end;

	if (text == NULL)
		return;
	errno = 0;
	runs_percent = strtol(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && runs_percent >= 1 &&
		runs_percent <= RUNS_MAX_PERCENT)
		return;
	printf("Bail out! RUNS='%s' is not a percentage from 1 to %d\n", text, RUNS_MAX_PERCENT);
	exit(1);
}

/* How often to do what `make check` does usual times; once at least. */
static inline int runs(int usual)
{
	long long scaled = (long long)usual * runs_percent / 100;

	return scaled > 0 ? (int)scaled : 1;
}

#endif
