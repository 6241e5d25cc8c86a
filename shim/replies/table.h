/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process's peer table, and what its processes have to tell each other besides. */
#ifndef REPLIES_TABLE_H
#define REPLIES_TABLE_H

#include "attributes.h"
#include "replies/peers.h"

/* Set once by table_make, then constant. */
extern HIDDEN const struct peers *_Atomic table_peers;

/* The table; NULL if there is none yet, or no memory for it. */
HOT_INLINE const struct peers *table_find(void)
{
	return atomic_load_explicit(&table_peers, memory_order_acquire);
}

/*
 * Makes the table unless it is there. It is shared with all processes forked from now on, so this
 * belongs before the first fork, and where a socket is first watched. Without memory for it there
 * is none: that is logged once, and each thread's last datagram is all that is remembered. Keeps
 * errno. Safe in signal handlers.
 */
void table_make(void);

/*
 * How often the program, in this process or one that shares the table, has enabled or disabled
 * PKTINFO itself: who sees another number than last time asks the sockets' tags again. A hint; what
 * another process may write here costs questions, and nothing else.
 */
uint32_t table_app_changes(void);
void table_note_app_change(void);

#endif
