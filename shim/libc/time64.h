/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The second names of glibc's calls on machines where time_t has 32 bits: programs that are built
 * with _TIME_BITS=64 call these (glibc 2.34). They know how such a program has its timeouts and
 * the time stamps in its control data, so each goes on to its own kind.
 *
 * musl's headers give recvmmsg such a name there, here as in the program, and dlsym knows of it.
 */
#ifndef LIBC_TIME64_H
#define LIBC_TIME64_H

#include "attributes.h"

#include <sys/syscall.h>
#include <sys/types.h>

/* Old machines of 32 bits have both numbers, for the two widths of time_t; others have one:
 * riscv32, which is younger, the second, and those of 64 bits the first. What is not there is no
 * call's. */
#ifndef SYS_recvmmsg
#define SYS_recvmmsg (-1001)
#endif
#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 (-1002)
#endif

/* musl has no __GLIBC_PREREQ to ask. */
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 34) && __TIMESIZE == 32
#define HAS_TIME64_NAMES 1
#endif
#endif

/* A definition under such a name; where there is none, nobody sees or calls it. */
#ifdef HAS_TIME64_NAMES
#define EXPORT_TIME64 EXPORT
#else
#define HAS_TIME64_NAMES 0
#define EXPORT_TIME64 __attribute__((unused)) static inline
#endif

#endif
