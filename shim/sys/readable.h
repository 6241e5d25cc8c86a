/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether memory that the program handed us can be read. */
#ifndef SYS_READABLE_H
#define SYS_READABLE_H

#include "core/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The pages found readable, each page's number in the place that readable_place gives; see
 * readable.c. */
enum {
	READABLE_PAGE_SHIFT =
		12, /* the smallest page of any Linux; larger ones are asked in parts */
	READABLE_PAGE = 1 << READABLE_PAGE_SHIFT,
	READABLE_PLACES = 4096, /* as many as readable_place has bits for */
};
extern HIDDEN _Atomic uintptr_t readable_pages[READABLE_PLACES];

/* Asks the kernel, and notes its answer. */
OFF_THE_WAY bool readable_ask(uintptr_t first, size_t len);

/* Threads' arenas lie at equal distances of many pages, so the low bits alone would put all of them
 * in one place; Fibonacci hashing (Knuth, TAOCP 3, 6.4) keeps them apart. */
ON_THE_WAY uint32_t readable_place(uintptr_t page)
{
	return (uint32_t)page * 0x9e3779b1 >> 20;
}

ON_THE_WAY bool readable_is_noted(uintptr_t addr)
{
	uintptr_t page = addr >> READABLE_PAGE_SHIFT;

	return atomic_load_explicit(&readable_pages[readable_place(page)], memory_order_relaxed) ==
	       page;
}

/*
 * Whether len bytes at start can be read; of more than a page, the beginning is looked at. libc
 * alone hands a bad pointer to the kernel, and the program gets EFAULT; we have to look before the
 * kernel does, and must not crash where it would not have. A page that was readable once costs no
 * system call again; a program that unmaps such a page and then passes it is the one case that
 * this misses. Keeps errno. Safe in threads and signal handlers.
 */
ON_THE_WAY bool readable(const void *start, size_t len)
{
	uintptr_t first = (uintptr_t)start;

	/* Nearly always all of it lies in one page, which is noted. */
	if (LIKELY(len <= READABLE_PAGE - first % READABLE_PAGE && readable_is_noted(first)))
		return true;
	return readable_ask(first, len);
}

#endif
