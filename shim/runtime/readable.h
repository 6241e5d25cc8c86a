/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether memory that the program handed us can be read. libc alone gives EFAULT for a bad pointer;
 * without this, the library would crash the program there.
 */
#ifndef RUNTIME_READABLE_H
#define RUNTIME_READABLE_H

#include "attributes.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	READABLE_PAGE_SHIFT =
		12, /* the smallest page of any Linux; larger ones are asked in parts */
	READABLE_PAGE = 1 << READABLE_PAGE_SHIFT,
};

/* The page that this thread has looked at last, and found readable; no page's number before. */
extern HIDDEN _Thread_local uintptr_t readable_here;

/* Looks further than that: among the pages that all threads have found, then asks the kernel. */
COLD bool readable_check(uintptr_t first, size_t len);

/*
 * Whether len bytes at start can be read; of more than a page, the beginning is looked at. libc
 * alone hands a bad pointer to the kernel, and the program gets EFAULT; we have to look before the
 * kernel does, and must not crash where it would not have. A page that was readable once costs no
 * system call again; a program that unmaps such a page and then passes it is the one case that
 * this misses. Keeps errno. Safe in threads and signal handlers.
 */
HOT_INLINE bool readable(const void *start, size_t len)
{
	uintptr_t first = (uintptr_t)start, last = first + len - 1;

	/* Nearly always all of it lies in the one page of the stack that the last was in, too. */
	if (LIKELY(first >> READABLE_PAGE_SHIFT == readable_here &&
		    last >> READABLE_PAGE_SHIFT == readable_here && len <= PTRDIFF_MAX))
		return true;
	return readable_check(first, len);
}

/* Whether this is a peer's address that we may look at: others are for the kernel alone. (Without
 * LIKELY gcc takes all that follows for cold, as readable_check is.) */
HOT_INLINE bool readable_peer(const struct sockaddr *addr, socklen_t len)
{
	return LIKELY(len >= sizeof(struct sockaddr_in) && readable(addr, len));
}

/* Whether recvfrom's addr_len is one that we may take the length from: a bad pointer, or a negative
 * length, is the kernel's to refuse, which it does after the datagram is gone. */
HOT_INLINE bool readable_addr_len(const struct sockaddr *addr, const socklen_t *addr_len)
{
	return UNLIKELY(addr == NULL) ||
	       (readable(addr_len, sizeof(*addr_len)) && *addr_len <= INT_MAX);
}

/* How many of the bytes from start on can be read, counted in whole pages, at most len. */
size_t readable_count(const void *start, size_t len);

#endif
