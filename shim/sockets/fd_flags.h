/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each descriptor is: a cache of what the program did with it and of what the kernel said.
 *
 * Flags are written where descriptors are made (socket, accept, dup, ...) and when one is seen for
 * the first time. They are not cleared where descriptors are closed, for closes happen unseen
 * (fclose, close_range, exec, a vfork child). Flags may therefore be stale: about a descriptor that
 * has become something else without a call that we see. Whoever acts on flags must be harmless on
 * any descriptor.
 *
 * Some flags are facts, the others (FD_SELECTS, FD_UNDECIDED, FD_LEARNS) follow from them, so that
 * each call has one bit to test; fd_flags_derive is the one place that says how.
 *
 * Lock-free and safe in signal handlers; errno is kept.
 */
#ifndef SOCKETS_FD_FLAGS_H
#define SOCKETS_FD_FLAGS_H

#include "attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 is a descriptor not seen yet. */
enum fd_flag {
	FD_CLASSIFIED = 1 << 0, /* the other bits say what it is */

	/* What socket(2) was told. */
	FD_INET = 1 << 1,  /* AF_INET or AF_INET6, of whatever protocol */
	FD_INET6 = 1 << 2, /* AF_INET6 */
	FD_TCP = 1 << 3,
	FD_UDP = 1 << 4, /* UDP or UDP-Lite */
	FD_UDPLITE = 1 << 5,

	/* Where a UDP socket stands; only noted where replies of any are looked after. */
	FD_BOUND = 1 << 6,
	FD_KERNEL_PORT = 1 << 7, /* the kernel chose its port: bound to port 0, or by sending */
	FD_CANDIDATE = 1 << 8,	 /* bound to a wildcard address, and the rules say so */
	FD_MAY_FOLLOW = 1 << 9,	 /* may answer what another socket was asked */
	FD_LEFT_ALONE = 1 << 10, /* a client's, or one that cannot be watched: for good */
	FD_CONNECTED = 1 << 11,
	FD_WATCHED = 1 << 12, /* PKTINFO was enabled by this library: messages are to be removed */
	FD_INTERFACE = 1 << 13, /* replies by the interface that the request came in by */
	FD_V6ONLY = 1 << 14,	/* known to have IPV6_V6ONLY set */
	FD_INHERITED = 1 << 26, /* its making was not seen */
	/* IPV6_V6ONLY was set by this library, and nobody asked for it: whether IPv4 is lost
	 * thereby, its first accept or receive looks (listeners/ipv4_lost.h). */
	FD_V4_UNCHECKED = 1 << 29,
	FD_HAS_FOLLOWED = 1 << 28,   /* has answered what another socket was asked: a server's */
	FD_SENDMSG_SEEN = 1 << 30,   /* no filter from before exec refuses sendmsg */
	FD_REFUSAL_LOGGED = 1 << 27, /* the log has said that the kernel refuses its sources */

	/* What the program asked for itself, by setsockopt. */
	FD_APP_EGRESS = 1 << 15,       /* a device, mark or interface to send by */
	FD_APP_MULTICAST_IF = 1 << 16, /* IP_MULTICAST_IF */
	/* IPV6_UNICAST_IF: a datagram that names its source is routed without regard to it
	 * (measured on Linux 6.18), so such a socket is left alone. */
	FD_APP_UNICAST_IF = 1 << 17,
	FD_APP_RCVLOWAT = 1 << 18, /* SO_RCVLOWAT (sockets/tag.h) */
	FD_APP_SET_V6ONLY = 1 << 19,
	FD_APP_CLEARED_V6ONLY = 1 << 20,
	/* Two bits from here on: the families of PKTINFO (replies/pktinfo.h) it enabled. */
	FD_APP_PKTINFO_V4 = 1 << 21,
	FD_APP_PKTINFO_V6 = 1 << 22,

	/* What follows from these. */
	FD_SELECTS = 1 << 23,	/* what it sends is looked at: it may get a source */
	FD_UNDECIDED = 1 << 24, /* its next receive has something to find out before */
	FD_LEARNS = 1 << 25,	/* what it receives is learnt; then it is watched */
};
enum { FD_APP_PKTINFO_SHIFT = 21, FD_APP_PKTINFO = FD_APP_PKTINFO_V4 | FD_APP_PKTINFO_V6 };
/* What is the program's own doing stays, whatever else is found out about the descriptor. */
enum {
	FD_APP_FLAGS = FD_APP_EGRESS | FD_APP_MULTICAST_IF | FD_APP_UNICAST_IF | FD_APP_RCVLOWAT |
		       FD_APP_SET_V6ONLY | FD_APP_CLEARED_V6ONLY | FD_APP_PKTINFO
};

/* One descriptor: its flags, and the identity of its socket (some bits of SO_COOKIE, 0 while it is
 * not known), which is written before the flags that make it count. */
struct fd_entry {
	_Atomic uint32_t flags;
	_Atomic uint32_t socket;
};

/* The first descriptors, which are all that most programs have; see fd_flags.c. */
enum { FD_CHUNK = 4096 };
extern HIDDEN struct fd_entry fd_first_chunk[FD_CHUNK];
COLD struct fd_entry *fd_find_high(unsigned int fd);

/* The entry of fd; NULL if it is not known, or fd is none that can be. */
HOT_INLINE struct fd_entry *fd_find(int fd)
{
	if (LIKELY((unsigned int)fd < FD_CHUNK))
		return &fd_first_chunk[(unsigned int)fd];
	return fd_find_high((unsigned int)fd);
}

/* Its flags; 0 where nothing is known. */
HOT_INLINE uint32_t fd_flags(int fd)
{
	const struct fd_entry *entry = fd_find(fd);

	return LIKELY(entry != NULL) ? atomic_load_explicit(&entry->flags, memory_order_acquire)
				     : 0;
}

/* Both, by one look. */
HOT_INLINE uint32_t fd_flags_and_id(int fd, uint32_t *ret_socket)
{
	const struct fd_entry *entry = fd_find(fd);
	uint32_t flags;

	*ret_socket = 0;
	if (UNLIKELY(entry == NULL))
		return 0;
	flags = atomic_load_explicit(&entry->flags, memory_order_acquire);
	*ret_socket = atomic_load_explicit(&entry->socket, memory_order_relaxed);
	return flags;
}

/* The identity of its socket; 0 while it is not known. */
HOT_INLINE uint32_t fd_socket_id(int fd)
{
	const struct fd_entry *entry = fd_find(fd);

	return LIKELY(entry != NULL) ? atomic_load_explicit(&entry->socket, memory_order_relaxed)
				     : 0;
}

/* One more than the highest number that was ever noted. */
int fd_end(void);

/* The flags again, with those that follow from the others as they ought to be. */
uint32_t fd_flags_derive(uint32_t flags);

/*
 * Notes what fd is; flags are settled. Nothing is noted, and false returned, for descriptors beyond
 * the table's end and without memory. What a descriptor cannot be noted as must not be done to it
 * either.
 */
bool fd_flags_set(int fd, uint32_t flags);
/* Adds flags, removes others, and settles; of a descriptor that was seen before. Returns the flags
 * as they are then. */
uint32_t fd_flags_change(int fd, uint32_t added, uint32_t removed);
/* The same, of what a call has made of the flags that were read before it: what another thread has
 * noted meanwhile stays. */
static inline uint32_t fd_flags_update(int fd, uint32_t before, uint32_t after)
{
	return fd_flags_change(fd, after & ~before, before & ~after);
}

bool fd_socket_id_set(int fd, uint32_t socket);

/*
 * fd2 is a duplicate of fd now: what is known of fd is known of it. Nothing is noted in a vfork
 * child, which has descriptors of its own but writes into its parent's memory.
 */
void fd_flags_duplicate(int fd, int fd2);

/* Whether a UDP socket's port is one that the program chose, so that what it was asked may be
 * answered from another socket, and that it is bound to no interface of its own. */
static inline bool fd_flags_may_be_followed(uint32_t flags)
{
	return (flags & (FD_BOUND | FD_KERNEL_PORT | FD_APP_EGRESS)) == FD_BOUND;
}

/* The families of PKTINFO that the program enabled itself, and the flags that stand for that. */
HOT_INLINE unsigned int fd_flags_app_families(uint32_t flags)
{
	return (flags & FD_APP_PKTINFO) >> FD_APP_PKTINFO_SHIFT;
}

static inline uint32_t fd_flags_of_families(unsigned int families)
{
	return (uint32_t)families << FD_APP_PKTINFO_SHIFT;
}

#endif
