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

#include <stdbool.h>
#include <stdint.h>

/* The bits of a word; 0 is a descriptor not met yet. */
enum fact {
	FACT_KNOWN = 1 << 0,   /* the other bits say what it is */
	FACT_UDP = 1 << 1,     /* an AF_INET or AF_INET6 socket of UDP or UDP-Lite */
	FACT_WATCHED = 1 << 2, /* it reports destinations, and replies get their source */
	FACT_OWN_V4 = 1 << 3,  /* the program itself asked for IP_PKTINFO */
	FACT_OWN_V6 = 1 << 4,  /* the program itself asked for IPV6_RECVPKTINFO */
};
enum { FACT_PORT_SHIFT = 16 }; /* the upper half: the local port of a watched socket */

/* The word of fd; 0 if it is not known, or fd is none that can be. */
uint32_t facts_of(int fd);
/*
 * Notes what fd is. Nothing is noted, and false returned, for descriptors beyond the table's end,
 * without memory, and in a vfork child, since the words are its parent's. What a descriptor cannot
 * be noted as must not be done to it either.
 */
bool facts_set(int fd, uint32_t facts);

static inline uint16_t facts_port(uint32_t facts)
{
	return (uint16_t)(facts >> FACT_PORT_SHIFT);
}

#endif
