/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts the library into the value of LD_PRELOAD; libc/preload.h takes it out. Pure functions. */
#ifndef CTL_LD_PRELOAD_H
#define CTL_LD_PRELOAD_H

#include <stddef.h>

/*
 * Returns the place in list, the value of LD_PRELOAD, where the library's path belongs: first, but
 * after sanitizer libraries that come first, because these refuse to run after another library.
 * Returns NULL if the list already has the path anywhere.
 */
const char *ld_preload_place(const char *list, const char *library);

/* Writes list with the library in its place to ret, a buffer of size bytes; if the list already has
 * the library, copies it unchanged. Returns the length as snprintf(3) does. */
size_t ld_preload_insert(const char *list, const char *library, char *ret, size_t size);

#endif
