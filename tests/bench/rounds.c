/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static double median(double values[], unsigned int count)
{
	qsort(values, count, sizeof(values[0]), compare);
	return values[count / 2];
}

double rounds_median(const struct rounds *rounds, unsigned int way)
{
	double values[ROUNDS_MAX];

	memcpy(values, rounds->ns[way], sizeof(values));
	return median(values, rounds->count);
}

double rounds_ratio(const struct rounds *rounds, unsigned int way, unsigned int base)
{
	double values[ROUNDS_MAX];

	for (unsigned int i = 0; i < rounds->count; i++)
		values[i] = rounds->ns[way][i] / rounds->ns[base][i];
	return median(values, rounds->count);
}

static uint64_t spent_ns(const struct turns *turns, unsigned int way)
{
	return server_cpu_ns(&turns->servers[way]) +
	       (turns->is_server_alone ? 0 : server_own_cpu_ns());
}

void rounds_run(const struct turns *turns, struct rounds *ret)
{
	unsigned int way;
	uint64_t before, spent;

	ret->count = turns->effort.rounds;
	for (unsigned int round = 0; round <= ret->count; round++)
		for (unsigned int turn = 0; turn < WAYS; turn++) {
			/* Each round begins with another way. */
			way = (turn + round) % WAYS;
			if (!turns->takes_part[way])
				continue;
			if (turns->prepare != NULL)
				turns->prepare(way, turns->data);
			before = spent_ns(turns, way);
			turns->ask(way, turns->effort.requests, turns->data);
			spent = spent_ns(turns, way) - before;
			if (round > 0)
				ret->ns[way][round - 1] = (double)spent / turns->effort.requests;
		}
}
