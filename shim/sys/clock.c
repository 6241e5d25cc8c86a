/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The coarse clock: expiry counts in seconds, and this one is a few loads from the vDSO. */
#include "sys/clock.h"

#include <time.h>

uint32_t clock_now_s(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint32_t)now.tv_sec;
}
