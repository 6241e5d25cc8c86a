/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One mapping per thread, made for its first large batch and grown for a larger one. A thread
 * cancelled in the middle of a batch does not give it back, but the end of the thread unmaps it. A
 * thread whose signal handler jumped out of a batch does not give it back either, and gets a
 * separate mapping for each batch from then on. Memory is lost only if a jump or a cancellation
 * leaves such a separate mapping.
 */
#include "runtime/scratch.h"

#include "runtime/impl.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GRAIN = 65536 }; /* mappings grow in these steps, so they rarely grow */

/* The beginning of a mapping for a single batch. */
union apart {
	size_t size; /* of the mapping */
	max_align_t aligned;
};

/* This thread's mapping. Only the thread and its signal handlers use it. */
static _Thread_local struct {
	void *memory;
	size_t size;
	volatile bool is_taken;
} scratch;

/* Its destructor unmaps the thread's mapping. Set once at the start, if there is a key. */
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

/* Call with is_taken set, so a signal handler cannot see the mapping half changed. */
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
