/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mapping a thread, made at its first large batch and grown when a larger one comes. A thread
 * cancelled in the middle of a batch never gives it back; its end unmaps it all the same.
 */
#include "sys/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

enum { GRAIN = 65536 }; /* mappings grow in these steps, so that they seldom grow */

/* This thread's mapping; touched by the thread and its signal handlers only. */
static _Thread_local struct {
	void *memory;
	size_t size;
	volatile bool is_taken;
} scratch;

/* Whose destructor unmaps it, and whether there is one; set once at the start. */
static pthread_key_t key;
static bool has_key;

static void unmap(void *unused)
{
	(void)unused;
	munmap(scratch.memory, scratch.size);
	scratch.memory = NULL;
	scratch.size = 0;
}

void scratch_init(void)
{
	has_key = pthread_key_create(&key, unmap) == 0;
}

/* Called with the scratch taken, so that no handler sees it half changed. */
static bool grow(size_t size)
{
	size_t new_size = (size + GRAIN - 1) / GRAIN * GRAIN;
	void *memory;

	if (!has_key)
		return false;
	memory = mmap(NULL, new_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	if (pthread_setspecific(key, memory) != 0) {
		munmap(memory, new_size);
		return false;
	}
	if (scratch.memory != NULL)
		munmap(scratch.memory, scratch.size);
	scratch.memory = memory;
	scratch.size = new_size;
	return true;
}

void *scratch_take(size_t size)
{
	int saved_errno = errno;

	if (scratch.is_taken)
		return NULL;
	scratch.is_taken = true;
	atomic_signal_fence(memory_order_seq_cst);
	if (size > scratch.size && !grow(size))
		scratch_give_back();
	errno = saved_errno;
	return scratch.is_taken ? scratch.memory : NULL;
}

void scratch_give_back(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	scratch.is_taken = false;
}
