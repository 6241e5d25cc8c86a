/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory that the library keeps: the process's table of peers. */
#ifndef SYS_MEMORY_H
#define SYS_MEMORY_H

#include "core/attributes.h"
#include "core/choose.h"

/*
 * Makes the table of peers unless it is there. It is shared with all processes forked from now on,
 * so this belongs where a socket is first watched, which is before a server forks its workers.
 * Without memory for it there is none: that is logged once, and the thread's last datagram is all
 * that is remembered. Keeps errno.
 */
void memory_make_peers(void);

/* What core/choose asks for: the table and BINDRIGHT_EXPIRY. Set by memory_make_peers alone. */
extern HIDDEN struct knowledge memory_knowledge;

#endif
