/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room for a batch's headers, names and control data: a small batch's on the caller's stack, a
 * larger one's in the thread's scratch. A batch is handed to the kernel in one call, whatever its
 * length, because its timeouts, its waiting and its errors cannot be put together from parts. Only
 * where there is no memory for that is it handed over message by message.
 */
#ifndef CALLS_BATCH_H
#define CALLS_BATCH_H

#include "runtime/scratch.h"

#include <stdbool.h>
#include <stddef.h>

/* Enough for half a dozen messages, or a single one of any kind, and little enough for a signal
 * handler's stack of 8 KiB, of which the kernel's frame and libc's own may take most. */
enum { BATCH_STACK = 2048 };

struct batch_buffer {
	unsigned char *at; /* the first byte not taken yet */
	void *scratch;	   /* NULL where the stack does */
	_Alignas(max_align_t) unsigned char stack[BATCH_STACK];
};

/* Opens room for size bytes; false if there is not so much to be had. */
static inline bool batch_open(struct batch_buffer *buffer, size_t size)
{
	bool is_large = size > sizeof(buffer->stack);

	buffer->scratch = is_large ? scratch_take(size) : NULL;
	buffer->at = is_large ? buffer->scratch : buffer->stack;
	return buffer->at != NULL;
}

/* Bytes that size takes in a room, where all pieces are aligned. */
static inline size_t batch_size(size_t size)
{
	return (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
}

/* Takes a piece; the caller knows that there is room. */
static inline void *batch_take(struct batch_buffer *buffer, size_t size)
{
	void *piece = buffer->at;

	buffer->at += batch_size(size);
	return piece;
}

static inline void batch_close(const struct batch_buffer *buffer)
{
	if (buffer->scratch != NULL)
		scratch_give_back(buffer->scratch);
}

#endif
