/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time that peers are remembered by. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

/* Seconds since some fixed moment, the same for all processes of this boot, wrapping after 136
 * years. Costs no system call where the kernel has a vDSO. Safe in signal handlers. */
uint32_t clock_now_s(void);

#endif
