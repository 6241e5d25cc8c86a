/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process recognizes its own memory by a page that the kernel clears on fork (MADV_WIPEONFORK,
 * Linux 4.14). A process that finds the page empty has its own memory and writes its pid there;
 * another pid in it means memory shared with that process. pthread_atfork would miss children made
 * by clone or _Fork.
 */
#include "runtime/process.h"

#include "runtime/impl.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

/* The page: the pid of the process that owns this memory, or 0 right after a fork; and what others
 * keep there. */
struct page {
	_Atomic int owner;
	_Alignas(64) unsigned char own[PROCESS_OWN];
};
_Static_assert(sizeof(struct page) == 4096, "no page is smaller");

/* Set once at the start; NULL if the kernel refused it. */
static struct page *page;

void process_init(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	/* cppcheck-suppress invalidFunctionArg ; mmap(2) allows -1 */
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return;
	if (madvise(memory, size, MADV_WIPEONFORK) != 0) {
		munmap(memory, size);
		return;
	}
	page = memory;
	atomic_store(&page->owner, getpid());
}

void *process_own_memory(void)
{
	return page != NULL ? page->own : NULL;
}

bool process_is_vfork_child(void)
{
	int unowned = 0;
	int self = (int)IMPL_SYSCALL(SYS_getpid, 0);

	if (page == NULL || self < 0)
		return false;
	return !atomic_compare_exchange_strong(&page->owner, &unowned, self) && unowned != self;
}
