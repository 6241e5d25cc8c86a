/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mapping a thread, made at its first large batch and grown when a larger one comes. A thread
 * cancelled in the middle of a batch never gives it back; its end unmaps it all the same. A thread
 * whose signal handler jumped out of a batch never gives it back either, and has a mapping a batch
 * from then on. Only a mapping apart that nobody gives back, for a jump or a cancellation, is lost.
 */
#include "runtime/scratch.h"

#include "runtime/impl.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GRAIN = 65536 }; /* mappings grow in these steps, so that they seldom grow */

/* The beginning of a mapping for one batch alone. */
union apart {
	size_t size; /* of the mapping */
	max_align_t aligned;
};

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
	impl_unmap(scratch.memory, scratch.size);
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
	void *memory = has_key ? impl_map(new_size) : NULL;

	if (memory == NULL)
		return false;
	if (pthread_setspecific(key, memory) != 0) {
		impl_unmap(memory, new_size);
		return false;
	}
	if (scratch.memory != NULL)
		impl_unmap(scratch.memory, scratch.size);
	scratch.memory = memory;
	scratch.size = new_size;
	return true;
}

static void release(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	scratch.is_taken = false;
}

static void *take_apart(size_t size)
{
	union apart *apart = size <= PTRDIFF_MAX ? impl_map(sizeof(*apart) + size) : NULL;

	if (apart == NULL)
		return NULL;
	apart->size = sizeof(*apart) + size;
	return apart + 1;
}

static void *take(size_t size)
{
	if (scratch.is_taken)
		return take_apart(size);
	scratch.is_taken = true;
	atomic_signal_fence(memory_order_seq_cst);
	if (size <= scratch.size || grow(size))
		return scratch.memory;
	release();
	return NULL;
}

void *scratch_take(size_t size)
{
	int saved_errno = errno;
	void *taken = take(size);

	errno = saved_errno;
	return taken;
}

void scratch_give_back(void *taken)
{
	union apart *apart = taken;

	if (taken == scratch.memory) {
		release();
	} else {
		apart--;
		impl_unmap(apart, apart->size);
	}
}
