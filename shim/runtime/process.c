/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process knows its own memory by a page that the kernel wipes on fork (MADV_WIPEONFORK, Linux
 * 4.14): whoever finds it empty is alone in a memory of its own and writes its pid there. Another's
 * pid in it means memory shared with that process. pthread_atfork would miss children made by
 * clone or _Fork.
 */
#include "runtime/process.h"

#include "runtime/impl.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

/* The page, with the pid of the process whose memory this is, or 0 right after a fork. Set once
 * at the start; NULL if it could not be had. */
static _Atomic int *owner;

void process_init(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_WIPEONFORK) != 0) {
		munmap(page, size);
		return;
	}
	owner = page;
	atomic_store(owner, getpid());
}

bool process_is_vfork_child(void)
{
	int nobody = 0;
	int self = (int)IMPL_SYSCALL(SYS_getpid, 0);

	if (owner == NULL || self < 0)
		return false;
	return !atomic_compare_exchange_strong(owner, &nobody, self) && nobody != self;
}
