/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether memory that the program handed us can be read. */
#ifndef SYS_READABLE_H
#define SYS_READABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether len bytes at start can be read; len is at most a page. libc alone hands a bad pointer to
 * the kernel, and the program gets EFAULT; we have to look before the kernel does, and must not
 * crash where it would not have. A page that was readable once costs no system call again; a
 * program that unmaps such a page and then passes it is the one case that this misses.
 * Keeps errno. Safe in threads and signal handlers.
 */
bool readable(const void *start, size_t len);

/* The length to ask for of memory that may be longer: as much of it as readable looks at. */
enum { READABLE_MAX = 4096 };

#endif
