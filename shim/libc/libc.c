/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Symbols that one C library defines and others lack identify it. gnu_get_libc_version alone is not
 * enough: layers that run glibc programs on musl (gcompat) define it, too. */
#include "libc/libc.h"

#include <pthread.h>
#include <stddef.h>

static bool is_glibc(void)
{
	return gnu_get_libc_version != NULL && dladdr1 != NULL;
}

#ifdef __GLIBC__

bool libc_is_ours(void)
{
	return is_glibc();
}

/* glibc's pthread_atfork calls this function. pthread_atfork itself is linked statically into each
 * library, from a part of glibc that refers to this name strongly. */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle) __attribute__((weak));
extern void *__dso_handle __attribute__((visibility("hidden")));

int libc_before_fork(void (*prepare)(void))
{
	return __register_atfork(prepare, NULL, NULL, __dso_handle);
}

#else

bool libc_is_ours(void)
{
	return !is_glibc();
}

int libc_before_fork(void (*prepare)(void))
{
	return pthread_atfork(prepare, NULL, NULL);
}

#endif
