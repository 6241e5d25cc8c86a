/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences between machines, C libraries and their headers. Only this file and attributes.h
 * (compilers), and libc.c and symbols.c beside this one, may use #if. */
#ifndef LIBC_PLATFORM_H
#define LIBC_PLATFORM_H

#include "attributes.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* Missing from older headers. */
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
/* Linux 5.6; the number is the same on all architectures whose syscall table has it. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* Without it (musl) no bit of dlopen's mode means it. */
#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

/* The arch of struct seccomp_data, AUDIT_ARCH_... of linux/audit.h. On an unknown machine it is 0,
 * which no machine has: filters that check it then allow nothing. */
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

/* libc may make every socket call by this number (i386, s390x). Elsewhere it matches no call. */
#ifndef SYS_socketcall
#define SYS_socketcall (-1003)
#endif

/* Newer machines have only one of the two. */
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

/*
 * The second names of glibc's calls on machines where time_t has 32 bits. Programs built with
 * _TIME_BITS=64 call these (glibc 2.34). They know the form of such a program's timeouts and of the
 * time stamps in its control data, so each call goes on under its own name.
 *
 * musl's headers rename recvmmsg in this way, for this library as for the program, and dlsym knows
 * the name.
 */

/* Older 32-bit machines have both numbers, for the two widths of time_t. riscv32, which is newer,
 * has only the second; 64-bit machines have only the first. A missing number gets a value that
 * matches no call. */
#ifndef SYS_recvmmsg
#define SYS_recvmmsg (-1001)
#endif
#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 (-1002)
#endif

/* musl does not define __GLIBC_PREREQ. */
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 34) && __TIMESIZE == 32
#define HAS_TIME64_NAMES 1
#endif
#endif

/* Marks a definition under such a name. Where these names do not exist, it is not exported. */
#ifdef HAS_TIME64_NAMES
#define EXPORT_TIME64 EXPORT
#else
#define HAS_TIME64_NAMES 0
#define EXPORT_TIME64 __attribute__((unused)) static inline
#endif

#endif
