/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which C library this process has. LD_PRELOAD is inherited, so programs of another C library than
 * the one that this library was built for get it, too: there it has to load, and do nothing.
 *
 * Names that only one of them has are referred to weakly; whoever uses such a name asks first.
 */
#ifndef LIBC_LIBC_H
#define LIBC_LIBC_H

#include <dlfcn.h>
#include <stdbool.h>

/* glibc's: musl has neither. */
const char *gnu_get_libc_version(void) __attribute__((weak));
int dladdr1(const void *address, Dl_info *info, void **extra_info, int flags) __attribute__((weak));

/* Whether it is the C library that this library was built for. No system call. */
bool libc_is_ours(void);

/* pthread_atfork(prepare, NULL, NULL). Only where libc_is_ours. 0 or an errno. */
int libc_before_fork(void (*prepare)(void));

#endif
