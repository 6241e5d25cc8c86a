/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time that peers are remembered by. */
#ifndef RUNTIME_CLOCK_H
#define RUNTIME_CLOCK_H

#include "attributes.h"
#include "libc/next.h"

#include <stdint.h>
#include <time.h>

/*
 * Seconds, the same for all processes of a host, wrapping after 136 years. time(2) is the cheapest
 * clock that Linux has: ten instructions of the vDSO, where CLOCK_MONOTONIC_COARSE takes ninety. It
 * may be set: then what was learnt before is forgotten early. Costs no system call where the kernel
 * has a vDSO. Safe in signal handlers.
 */
HOT_INLINE uint32_t clock_now_s(void)
{
	return (uint32_t)next_time(NULL);
}

/* Seconds since then. Another process's reading may be a little ahead of ours, which is no age at
 * all; one far ahead is from before the clock was set back, and counts for nothing any more. */
static inline uint32_t clock_age_s(uint32_t then_s, uint32_t now_s)
{
	enum { AHEAD_S = 60 };
	int32_t age_s = (int32_t)(now_s - then_s);

	if (age_s < 0)
		return age_s < -AHEAD_S ? UINT32_MAX : 0;
	return (uint32_t)age_s;
}

#endif
