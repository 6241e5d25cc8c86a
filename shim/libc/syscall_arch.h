/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How this machine tells its system calls apart: what a seccomp(2) filter sees of one, and which
 * number a call has where machines differ.
 */
#ifndef LIBC_SYSCALL_ARCH_H
#define LIBC_SYSCALL_ARCH_H

#include <sys/syscall.h>

/* The arch of struct seccomp_data, AUDIT_ARCH_... of linux/audit.h. 0, which is no machine's, where
 * it is not known: filters that look at it then allow nothing. */
#if defined(__x86_64__)
#define SYSCALL_ARCH 0xc000003eU
#elif defined(__i386__)
#define SYSCALL_ARCH 0x40000003U
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define SYSCALL_ARCH 0xc00000b7U
#elif defined(__arm__) && defined(__ARMEL__)
#define SYSCALL_ARCH 0x40000028U
#elif defined(__riscv) && __riscv_xlen == 64
#define SYSCALL_ARCH 0xc00000f3U
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define SYSCALL_ARCH 0xc0000015U
#elif defined(__s390x__)
#define SYSCALL_ARCH 0x80000016U
#elif defined(__loongarch64)
#define SYSCALL_ARCH 0xc0000102U
#else
#define SYSCALL_ARCH 0U
#endif

/* Where libc may make all calls of sockets by this one (i386, s390x); no call's number elsewhere.
 */
#ifndef SYS_socketcall
#define SYS_socketcall (-1003)
#endif

/* Younger machines have only one of two. */
#ifndef SYS_ppoll
#define SYS_ppoll SYS_ppoll_time64
#endif
#ifndef SYS_poll
#define SYS_poll SYS_ppoll
#endif
#ifndef SYS_rt_sigtimedwait
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
#endif
#ifdef SYS_mmap2
#define SYSCALL_MMAP SYS_mmap2
#else
#define SYSCALL_MMAP SYS_mmap
#endif

#endif
