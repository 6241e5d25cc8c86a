/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This library's entry in LD_PRELOAD, for BINDRIGHT_CHILDREN=off: servers that start other
 * programs, as socat's EXEC does, pass LD_PRELOAD on to them. BINDRIGHT_SKIP would only keep the
 * library from acting there. */
#ifndef LIBC_PRELOAD_H
#define LIBC_PRELOAD_H

/* Removes this library from the process's LD_PRELOAD, so that programs started later run without
 * it. Call once, at the start, before there are other threads. */
void preload_leave(void);

/* Removes from list, the value of an LD_PRELOAD, each entry that has library's file name. Edits
 * list in place. */
void preload_remove(char *list, const char *library);

#endif
