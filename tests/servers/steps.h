/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a program says to tests/servers/steps which of its instructions are to be counted. Without
 * that above it, these do nothing. */
#ifndef TESTS_SERVERS_STEPS_H
#define TESTS_SERVERS_STEPS_H

#include <stdlib.h>

/* The variable by which steps says that it is there. */
#define STEPS_VARIABLE "STEPS_COUNT"

#if defined(__x86_64__) && defined(__LP64__)
#define STEPS_KNOWN 1
#else
#define STEPS_KNOWN 0
#endif

/* A round begins. */
__attribute__((noinline, unused)) static void steps_round(void)
{
	__asm__ volatile("");
}

/* The last round is over. */
__attribute__((noinline, unused)) static void steps_end(void)
{
	__asm__ volatile("");
}

/* From here on, each round is counted. */
static inline void steps_begin(void)
{
	if (getenv(STEPS_VARIABLE) == NULL)
		return;
#if STEPS_KNOWN
	__asm__ volatile("int3" ::"a"(steps_round), "c"(steps_end) : "memory");
#endif
}

#endif
