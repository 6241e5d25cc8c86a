/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's place in an LD_PRELOAD. Pure; taking it out is libc/preload.h's. */
#ifndef CTL_LD_PRELOAD_H
#define CTL_LD_PRELOAD_H

#include <stddef.h>

/*
 * Where in list, the value of an LD_PRELOAD, the library's path belongs: first, but behind the
 * libraries of sanitizers that stand first, because these refuse to run behind others. NULL if the
 * list has the path already, wherever that is.
 */
const char *ld_preload_place(const char *list, const char *library);

/* Writes list with the library in its place into ret, which has room for size bytes; the list as it
 * is if the library is there. Returns the length, as snprintf does. */
size_t ld_preload_insert(const char *list, const char *library, char *ret, size_t size);

#endif
