/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program can only tell by names that one C library has and others lack. gnu_get_libc_version
 * alone would not do: layers that let glibc's programs run on musl (gcompat) define it.
 */
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

/* What glibc's pthread_atfork calls. That is linked into each library by itself, from a part of
 * glibc that refers to this name strongly. */
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
