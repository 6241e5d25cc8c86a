/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What differs between machines, C libraries and their headers: the one place for that, so that no
 * other file of the library needs an #if, but attributes.h for compilers.
 */
#ifndef LIBC_PLATFORM_H
#define LIBC_PLATFORM_H

#include "attributes.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* Younger than some headers. */
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
/* Linux 5.6; the same number on every architecture that tells its calls apart by one table. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* No bit of dlopen's mode where the C library has no such thing (musl). */
#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

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

/*
 * The second names of glibc's calls on machines where time_t has 32 bits: programs that are built
 * with _TIME_BITS=64 call these (glibc 2.34). They know how such a program has its timeouts and
 * the time stamps in its control data, so each goes on to its own kind.
 *
 * musl's headers give recvmmsg such a name there, here as in the program, and dlsym knows of it.
 */

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
