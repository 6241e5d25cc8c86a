/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each descriptor is: a cache of what the program did with it and of what the kernel said.
 *
 * Flags are written where a descriptor is made (socket, accept, dup, ...) and where one is seen for
 * the first time. Closing does not clear them, because many closes are not seen (fclose,
 * close_range, exec, a vfork child). Flags can be stale: the number may have become another
 * descriptor without a call that this library sees. Code that acts on flags must be harmless on any
 * descriptor.
 *
 * Some flags are facts. The others (FD_SELECTS, FD_UNDECIDED, FD_LEARNS) are derived from them, to
 * give each call one bit to test; only fd_flags_derive computes them.
 *
 * Lock-free, safe in any thread and in signal handlers, keeps errno.
 */
#ifndef SOCKETS_FD_FLAGS_H
#define SOCKETS_FD_FLAGS_H

#include "attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 means a descriptor not seen yet. */
enum fd_flag {
	FD_CLASSIFIED = 1 << 0, /* the other bits are valid */

	/* The socket's kind, as given to socket(2). */
	FD_INET = 1 << 1,  /* AF_INET or AF_INET6, any protocol */
	FD_INET6 = 1 << 2, /* AF_INET6 */
	FD_TCP = 1 << 3,
	FD_UDP = 1 << 4, /* UDP or UDP-Lite */
	FD_UDPLITE = 1 << 5,

	/* The state of a UDP socket, kept only if settings_want_replies. */
	FD_BOUND = 1 << 6,
	FD_KERNEL_PORT = 1 << 7, /* the kernel chose its port: bind to port 0, or a send */
	FD_CANDIDATE = 1 << 8,	 /* bound to a wildcard address, and the rules include it */
	FD_MAY_FOLLOW = 1 << 9,	 /* may answer requests that another socket received */
	FD_LEFT_ALONE = 1 << 10, /* a client's, or cannot be watched: for good */
	FD_CONNECTED = 1 << 11,
	FD_WATCHED = 1 << 12,	/* this library enabled PKTINFO and removes its messages */
	FD_INTERFACE = 1 << 13, /* replies leave by the interface the request came in by */
	FD_V6ONLY = 1 << 14,	/* IPV6_V6ONLY is known to be set */
	FD_INHERITED = 1 << 15, /* its creation was not seen */
	/* This library set IPV6_V6ONLY by default, not by a setting. The first accept or receive
	 * checks whether IPv4 is lost (listeners/ipv4_lost.h). */
	FD_V4_UNCHECKED = 1 << 16,
	FD_HAS_FOLLOWED = 1 << 17,   /* has answered another socket's request: a server's */
	FD_SENDMSG_SEEN = 1 << 18,   /* no filter from before exec refuses sendmsg */
	FD_REFUSAL_LOGGED = 1 << 19, /* a refused source was logged */

	/* Options that the program set itself, by setsockopt. */
	FD_APP_EGRESS = 1 << 20,       /* a device, mark or interface to send by */
	FD_APP_MULTICAST_IF = 1 << 21, /* IP_MULTICAST_IF */
	/* IPV6_UNICAST_IF: the kernel ignores it for a datagram that names its source (measured on
	 * Linux 6.18), so a socket with it is left alone. */
	FD_APP_UNICAST_IF = 1 << 22,
	FD_APP_RCVLOWAT = 1 << 23, /* SO_RCVLOWAT (sockets/tag.h) */
	FD_APP_SET_V6ONLY = 1 << 24,
	FD_APP_CLEARED_V6ONLY = 1 << 25,
	/* Two bits: the families of PKTINFO (replies/pktinfo.h) that the program enabled. */
	FD_APP_PKTINFO_V4 = 1 << 26,
	FD_APP_PKTINFO_V6 = 1 << 27,

	/* Derived flags. */
	FD_SELECTS = 1 << 28,	/* a send may get a source: look one up */
	FD_UNDECIDED = 1 << 29, /* the next receive has a decision to make first */
	FD_LEARNS = 1 << 30,	/* learn from what it receives; implies FD_WATCHED */

	/* The program has changed PKTINFO and the tag could not be: FD_APP_PKTINFO decides. */
	FD_TAG_STALE = INT32_MIN, /* bit 31 */
};
enum { FD_APP_PKTINFO_SHIFT = 26, FD_APP_PKTINFO = FD_APP_PKTINFO_V4 | FD_APP_PKTINFO_V6 };
/* Options that the program set are kept when a descriptor is classified again. */
enum {
	FD_APP_FLAGS = FD_APP_EGRESS | FD_APP_MULTICAST_IF | FD_APP_UNICAST_IF | FD_APP_RCVLOWAT |
		       FD_APP_SET_V6ONLY | FD_APP_CLEARED_V6ONLY | FD_APP_PKTINFO | FD_TAG_STALE
};

/* One descriptor: its flags, and the id of its socket (sockets_get_id; 0 while unknown). The id is
 * written before the flags that make use of it. */
struct fd_entry {
	_Atomic uint32_t flags;
	_Atomic uint32_t socket;
};

/* The first descriptors, enough for most programs (fd_flags.c). */
enum { FD_CHUNK = 4096 };
extern HIDDEN struct fd_entry fd_first_chunk[FD_CHUNK];
COLD struct fd_entry *fd_find_high(unsigned int fd);

/* The entry of fd; NULL if none is stored or fd is out of range. */
HOT_INLINE struct fd_entry *fd_find(int fd)
{
	if (LIKELY((unsigned int)fd < FD_CHUNK))
		return &fd_first_chunk[(unsigned int)fd];
	return fd_find_high((unsigned int)fd);
}

/* The flags of fd; 0 if it was not seen yet. */
HOT_INLINE uint32_t fd_flags(int fd)
{
	const struct fd_entry *entry = fd_find(fd);

	return LIKELY(entry != NULL) ? atomic_load_explicit(&entry->flags, memory_order_acquire)
				     : 0;
}

/* The flags and the socket's id, with one lookup. */
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

/* The id of fd's socket; 0 while unknown. */
HOT_INLINE uint32_t fd_socket_id(int fd)
{
	const struct fd_entry *entry = fd_find(fd);

	return LIKELY(entry != NULL) ? atomic_load_explicit(&entry->socket, memory_order_relaxed)
				     : 0;
}

/* One more than the highest descriptor ever stored. */
int fd_end(void);

/* Returns flags with the derived ones computed again. */
uint32_t fd_flags_derive(uint32_t flags);

/*
 * Stores the flags of fd, derived ones included, and clears its id. Returns false and stores
 * nothing if fd is out of the table's range or memory is short. Do nothing to a descriptor whose
 * flags cannot be stored.
 */
bool fd_flags_set(int fd, uint32_t flags);
/* Adds and removes flags of a descriptor that was seen before, derives the rest, and returns the
 * result; 0 if fd has no entry. Atomic. */
uint32_t fd_flags_change(int fd, uint32_t added, uint32_t removed);
/* The same for a call that read the flags before and computed those after: flags that another
 * thread has changed in between are kept. */
static inline uint32_t fd_flags_update(int fd, uint32_t before, uint32_t after)
{
	return fd_flags_change(fd, after & ~before, before & ~after);
}

bool fd_socket_id_set(int fd, uint32_t socket);

/* fd2 is now a duplicate of fd: copies flags and id. Does nothing in a vfork child, which has its
 * own descriptors but writes to its parent's memory. */
void fd_flags_duplicate(int fd, int fd2);

/* Whether another socket may answer the requests of this UDP socket: the program chose its port,
 * and bound it to no device, mark or interface. */
static inline bool fd_flags_may_be_followed(uint32_t flags)
{
	return (flags & (FD_BOUND | FD_KERNEL_PORT | FD_APP_EGRESS)) == FD_BOUND;
}

/* The families of PKTINFO that the program enabled, from flags, and back. */
HOT_INLINE unsigned int fd_flags_app_families(uint32_t flags)
{
	return (flags & FD_APP_PKTINFO) >> FD_APP_PKTINFO_SHIFT;
}

static inline uint32_t fd_flags_of_families(unsigned int families)
{
	return (uint32_t)families << FD_APP_PKTINFO_SHIFT;
}

#endif
