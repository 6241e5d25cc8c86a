/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rt_sigprocmask with an invalid `how` copies its mask from user memory before it checks `how`:
 * EFAULT means not readable, EINVAL means readable, and nothing else happens. No cheaper call
 * answers the question. */
#include "runtime/readable.h"

#include "runtime/impl.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>

/* The kernel's sigset_t, which is shorter than libc's. */
enum { KERNEL_SIGSET = (_NSIG - 1) / 8 };

/* The pages that any thread has found readable, each page number at the place that find_place
 * returns; 0 where none is. All zero at first, so that a program in which nothing is checked has no
 * page of this table in memory. */
enum { PLACES_SHIFT = 12, PLACES = 1 << PLACES_SHIFT };
static _Atomic uintptr_t pages[PLACES];

_Thread_local uintptr_t readable_here = UINTPTR_MAX;

/* Threads' arenas lie at equal distances of many pages, so the low bits alone would map them all to
 * one place. Fibonacci hashing (Knuth, TAOCP 3, 6.4) keeps them apart. */
static uint32_t find_place(uintptr_t page)
{
	return (uint32_t)page * 0x9e3779b1U >> (32 - PLACES_SHIFT);
}

static bool check_by_kernel(uintptr_t addr)
{
	long mask = (long)(addr & ~(uintptr_t)(KERNEL_SIGSET - 1));

	/* If a filter forbids the question, assume readable: bad pointers are rarer than such
	 * filters. */
	return IMPL_SYSCALL(SYS_rt_sigprocmask, -1, mask, 0, KERNEL_SIGSET) != -EFAULT;
}

static bool check_page(uintptr_t addr)
{
	uintptr_t page = addr >> READABLE_PAGE_SHIFT;
	_Atomic uintptr_t *place = &pages[find_place(page)];

	/* Null pointers; and page 0 would look noted. */
	if (page == 0)
		return false;
	if (atomic_load_explicit(place, memory_order_relaxed) != page) {
		if (!check_by_kernel(addr))
			return false;
		atomic_store_explicit(place, page, memory_order_relaxed);
	}
	readable_here = page;
	return true;
}

bool readable_check(uintptr_t first, size_t len)
{
	uintptr_t last = first + (len < READABLE_PAGE ? len : READABLE_PAGE) - 1;

	return len == 0 || (check_page(first) && check_page(last));
}

size_t readable_count(const void *start, size_t len)
{
	uintptr_t first = (uintptr_t)start;
	size_t count = 0;

	/* The kernel, too, stops at the end of the address space. */
	if (len > UINTPTR_MAX - first)
		len = UINTPTR_MAX - first;
	while (count < len && readable((const void *)(first + count), 1))
		count += READABLE_PAGE - ((first + count) & (READABLE_PAGE - 1));
	return count < len ? count : len;
}
