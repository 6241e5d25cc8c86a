/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A preload library that writes a byte to descriptor 9, if that is open, for each malloc, and sets
 * the locale of the environment, in which strerror(3) and %m look for a translation.
 */
#include <locale.h>
#include <stddef.h>
#include <unistd.h>

enum { COUNT_FD = 9 };

/* glibc's own name for it. */
extern void *__libc_malloc(size_t size);

void *malloc(size_t size);

void *malloc(size_t size)
{
	ssize_t ignored = write(COUNT_FD, "m", 1);

	(void)ignored;
	return __libc_malloc(size);
}

__attribute__((constructor)) static void start(void)
{
	setlocale(LC_ALL, "");
}
