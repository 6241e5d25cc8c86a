/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers that depend on the seed alone: splitmix64. */
#ifndef TESTS_DIFFERENTIAL_RANDOM_H
#define TESTS_DIFFERENTIAL_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Set by plan_make, for each sequence. */
extern uint64_t random_state;

static inline uint64_t random_next(void)
{
	uint64_t z = (random_state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* From 0 to below end. */
static inline int below(int end)
{
	return (int)(random_next() % (uint64_t)end);
}

static inline bool chance(int percent)
{
	return below(100) < percent;
}

/* One of an array's elements. */
#define one_of(array) ((array)[below((int)(sizeof(array) / sizeof((array)[0])))])

#endif
