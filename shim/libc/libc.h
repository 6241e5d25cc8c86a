/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which C library this process has. LD_PRELOAD is inherited, also by programs of another C library
 * than the one this library was built for. There it has to load and do nothing.
 *
 * Names that only one C library has are weak references: check libc_is_ours before using one.
 */
#ifndef LIBC_LIBC_H
#define LIBC_LIBC_H

#include <dlfcn.h>
#include <stdbool.h>

/* glibc only; musl has neither. */
const char *gnu_get_libc_version(void) __attribute__((weak));
int dladdr1(const void *address, Dl_info *info, void **extra_info, int flags) __attribute__((weak));

/* Whether this process has the C library that this library was built for. Makes no system call. */
bool libc_is_ours(void);

/* pthread_atfork(prepare, NULL, NULL), for use only if libc_is_ours. Returns 0 or an errno. */
int libc_before_fork(void (*prepare)(void));

#endif
