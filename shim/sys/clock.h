/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time that peers are remembered by. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include "core/attributes.h"

#include <stdint.h>
#include <time.h>

/* Seconds since some fixed moment, the same for all processes of this boot, wrapping after 136
 * years. Costs no system call where the kernel has a vDSO. Safe in signal handlers. */
ON_THE_WAY uint32_t clock_now_s(void)
{
	struct timespec now;

	/* The coarse clock is a few loads from the vDSO; expiry counts in seconds. Linux has it
	 * since 2.6.32; where a filter refuses it, time stands still and nothing expires. */
	now.tv_sec = 0;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint32_t)now.tv_sec;
}

#endif
