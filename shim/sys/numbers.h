/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The numbers of calls that not every architecture has, or not every libc's headers: a call that is
 * not there has a number here that is no call's.
 */
#ifndef SYS_NUMBERS_H
#define SYS_NUMBERS_H

#include <sys/syscall.h>

#ifndef SYS_accept
#define SYS_accept (-1001)
#endif
#ifndef SYS_dup2
#define SYS_dup2 (-1002)
#endif
#ifndef SYS_fcntl64
#define SYS_fcntl64 (-1003)
#endif
/* Old machines of 32 bits have both, for the two widths of time_t; others have one: riscv32, which
 * is younger, the second, and those of 64 bits the first. */
#ifndef SYS_recvmmsg
#define SYS_recvmmsg (-1004)
#endif
#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 (-1005)
#endif
/* Linux 5.6; the same number on every architecture that tells its calls apart by one table. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#endif
