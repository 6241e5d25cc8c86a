/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process's peer table, and a counter that its processes share with it. */
#ifndef REPLIES_TABLE_H
#define REPLIES_TABLE_H

#include "attributes.h"
#include "replies/peers.h"

/* Set once by table_make, then constant. */
extern HIDDEN const struct peers *_Atomic table_peers;

/* The table; NULL if it is not made yet, or there was no memory for it. */
HOT_INLINE const struct peers *table_find(void)
{
	return atomic_load_explicit(&table_peers, memory_order_acquire);
}

/*
 * Makes the table unless it exists. Processes forked from now on share it: call this before the
 * first fork, and when a socket is first watched. Without memory there is no table; that is logged
 * once, and only each thread's last datagram is remembered. Keeps errno. Safe in signal handlers.
 */
void table_make(void);

/*
 * How often the program has enabled or disabled PKTINFO itself, in this process or one that shares
 * the table. A caller that finds the number changed reads the sockets' tags again. Only a hint: a
 * wrong value from another process costs system calls, and nothing else.
 */
uint32_t table_app_changes(void);
void table_note_app_change(void);

#endif
