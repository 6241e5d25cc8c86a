/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our own place in LD_PRELOAD, for BINDRIGHT_CHILDREN=off: servers that start other people's
 * programs, as socat's EXEC does, hand LD_PRELOAD on to them. BINDRIGHT_SKIP would only keep the
 * library from acting there.
 */
#ifndef LIBC_PRELOAD_H
#define LIBC_PRELOAD_H

/* Takes us out of this process's LD_PRELOAD, so that programs which it starts run without us. Once,
 * at the start, before there are other threads. */
void preload_leave(void);

/* Takes out of list, the value of an LD_PRELOAD, each entry whose file name is library's. */
void preload_remove(char *list, const char *library);

#endif
