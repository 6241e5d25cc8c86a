/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each descriptor is: a cache, one atomic word a descriptor, of what the kernel knows.
 *
 * Words are written where descriptors are born (socket, accept, dup, ...) and when one is met for
 * the first time. They are not cleared where descriptors die, for closes happen unseen (fclose,
 * close_range, exec, a vfork child). A word may therefore be stale: about a descriptor that
 * has become something else without a call that we see. Whoever acts on a word must be harmless on
 * any descriptor.
 *
 * Lock-free and safe in signal handlers; errno is kept.
 */
#ifndef SYS_FACTS_H
#define SYS_FACTS_H

#include "core/attributes.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The bits of a word; 0 is a descriptor not met yet. */
enum fact {
	FACT_KNOWN = 1 << 0,   /* the other bits say what it is */
	FACT_UDP = 1 << 1,     /* an AF_INET or AF_INET6 socket of UDP or UDP-Lite */
	FACT_WATCHED = 1 << 2, /* it reports destinations */
	FACT_OPEN = 1 << 3,    /* its local address is open: what it sends gets a source */
};
/* From here on, a bit a family (sys/pktinfo.h) whose reports the program itself asked for. */
enum { FACT_OWN_SHIFT = 4 };
/* The program itself switched IPV6_V6ONLY off, or on. */
enum { FACT_WANTS_DUAL_STACK = 1 << 6, FACT_WANTS_V6ONLY = 1 << 7 };
/* The program itself set IP_MULTICAST_IF. */
enum { FACT_HAS_MULTICAST_IF = 1 << 8 };
enum { FACT_WISHES = FACT_WANTS_DUAL_STACK | FACT_WANTS_V6ONLY | FACT_HAS_MULTICAST_IF };
/* An unbound socket that has other numbers or is in other processes (sys/shared.h). Without
 * FACT_KNOWN: it may have been bound since. */
enum { FACT_SHARED = 1 << 9 };
enum { FACT_PORT_SHIFT = 16 }; /* the upper half: a watched socket's port */

/* The words of the first descriptors, which are all that most programs have; see facts.c. */
enum { FACTS_CHUNK = 4096 };
extern HIDDEN _Atomic uint32_t facts_first_chunk[FACTS_CHUNK];
OFF_THE_WAY uint32_t facts_of_high(unsigned int fd);

/* Behind the last of these that was ever written. */
int facts_end(void);

/* The word of fd if it is one of the first descriptors, else 0. */
static inline uint32_t facts_at_hand(int fd)
{
	if (UNLIKELY((unsigned int)fd >= FACTS_CHUNK))
		return 0;
	return atomic_load_explicit(&facts_first_chunk[fd], memory_order_relaxed);
}

/* The word of fd; 0 if it is not known, or fd is none that can be. */
static inline uint32_t facts_of(int fd)
{
	if (LIKELY((unsigned int)fd < FACTS_CHUNK))
		return atomic_load_explicit(&facts_first_chunk[fd], memory_order_relaxed);
	return facts_of_high((unsigned int)fd);
}
/*
 * Notes what fd is. Nothing is noted, and false returned, for descriptors beyond the table's end,
 * without memory, and in a vfork child, since the words are its parent's. What a descriptor cannot
 * be noted as must not be done to it either.
 */
bool facts_set(int fd, uint32_t facts);

/* A watched socket's local port, in network byte order as it was noted. */
static inline in_port_t facts_port(uint32_t facts)
{
	return (in_port_t)(facts >> FACT_PORT_SHIFT);
}

#endif
