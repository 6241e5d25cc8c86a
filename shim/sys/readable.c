/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rt_sigprocmask with a `how` that does not exist copies its mask in from user memory before it
 * looks at `how`: EFAULT means not readable, EINVAL readable, and nothing else happens. It is the
 * cheapest such question, and no seccomp filter refuses this call.
 */
#include "sys/readable.h"

#include "sys/next.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's sigset_t, which is shorter than libc's. */
enum { KERNEL_SIGSET = (_NSIG - 1) / 8 };

/* Written by whoever asks. Place 0 starts with a number that is no page's there, so that page 0,
 * the one of null pointers, is not taken for noted. */
_Atomic uintptr_t readable_pages[READABLE_PLACES] = {[0] = 1};

static bool ask_kernel(uintptr_t addr)
{
	int saved_errno = errno;
	long mask = (long)(addr & ~(uintptr_t)(KERNEL_SIGSET - 1));
	bool is_readable;

	next_syscall(SYS_rt_sigprocmask, -1, mask, 0, KERNEL_SIGSET, 0, 0);
	is_readable = errno != EFAULT;
	errno = saved_errno;
	return is_readable;
}

static bool ask_for_page(uintptr_t addr)
{
	uintptr_t page = addr >> READABLE_PAGE_SHIFT;

	if (readable_is_noted(addr))
		return true;
	if (page == 0 || !ask_kernel(addr))
		return false;
	atomic_store_explicit(&readable_pages[readable_place(page)], page, memory_order_relaxed);
	return true;
}

bool readable_ask(uintptr_t first, size_t len)
{
	uintptr_t last = first + (len < READABLE_PAGE ? len : READABLE_PAGE) - 1;

	return len == 0 || (ask_for_page(first) && ask_for_page(last));
}
