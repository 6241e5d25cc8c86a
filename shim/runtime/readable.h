/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether memory passed by the program can be read. For a bad pointer libc alone returns EFAULT;
 * without this check, the library would crash the program. */
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
		12, /* the smallest page of any Linux; larger pages are checked in parts */
	READABLE_PAGE = 1 << READABLE_PAGE_SHIFT,
};

/* The number of the page that this thread last found readable; initially not a page number. */
extern HIDDEN _Thread_local uintptr_t readable_here;

/* Looks among the pages that all threads have found readable, then asks the kernel. */
COLD bool readable_check(uintptr_t first, size_t len);

/*
 * Whether len bytes at start can be read; beyond one page, only the beginning is checked. libc
 * alone passes a bad pointer to the kernel, and the program gets EFAULT; we read the memory before
 * the kernel does, and must not crash where libc alone would not. A page once found readable costs
 * no further system call. The one case missed is a program that unmaps such a page and then passes
 * it. Keeps errno. Safe in threads and signal handlers.
 */
HOT_INLINE bool readable(const void *start, size_t len)
{
	uintptr_t first = (uintptr_t)start, last = first + len - 1;

	/* Nearly always all of it lies in the stack page that was checked last. */
	if (LIKELY(first >> READABLE_PAGE_SHIFT == readable_here &&
		    last >> READABLE_PAGE_SHIFT == readable_here && len <= PTRDIFF_MAX))
		return true;
	return readable_check(first, len);
}

/* Whether we may read this peer's address; any other address is left to the kernel. (Without LIKELY
 * gcc treats the code after it as cold, as readable_check is.) */
HOT_INLINE bool readable_peer(const struct sockaddr *addr, socklen_t len)
{
	return LIKELY(len >= sizeof(struct sockaddr_in) && readable(addr, len));
}

/* Whether we may read the length at recvfrom's addr_len. A bad pointer or a negative length is left
 * to the kernel, which refuses it after it has taken the datagram. */
HOT_INLINE bool readable_addr_len(const struct sockaddr *addr, const socklen_t *addr_len)
{
	return UNLIKELY(addr == NULL) ||
	       (readable(addr_len, sizeof(*addr_len)) && *addr_len <= INT_MAX);
}

/* How many of the len bytes at start can be read, counted in whole pages. */
size_t readable_count(const void *start, size_t len);

#endif
