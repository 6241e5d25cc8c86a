/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffer space for a batch's headers, names and control data: on the caller's stack for a small
 * batch, in the thread's scratch mapping for a larger one. The kernel gets a batch in one call,
 * whatever its length, because timeouts, waiting and errors cannot be put together from parts. Only
 * when memory runs out does it get the batch message by message.
 */
#ifndef CALLS_BATCH_H
#define CALLS_BATCH_H

#include "runtime/scratch.h"

#include <stdbool.h>
#include <stddef.h>

/* Holds half a dozen messages, or a single one of any kind. A signal handler's stack may have 8
 * KiB, most of which the kernel's frame and libc's own may take. */
enum { BATCH_STACK = 2048 };

struct batch_buffer {
	unsigned char *at; /* the first byte not yet taken */
	void *scratch;	   /* NULL while the stack is used */
	_Alignas(max_align_t) unsigned char stack[BATCH_STACK];
};

/* Opens buffer space for size bytes. False if there is no memory for it. Keeps errno. */
static inline bool batch_open(struct batch_buffer *buffer, size_t size)
{
	bool is_large = size > sizeof(buffer->stack);

	buffer->scratch = is_large ? scratch_take(size) : NULL;
	buffer->at = is_large ? buffer->scratch : buffer->stack;
	return buffer->at != NULL;
}

/* The bytes that size takes in the buffer, where every piece is aligned. */
static inline size_t batch_size(size_t size)
{
	return (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
}

/* Takes a piece of size bytes, valid until batch_close. The caller has checked that it fits. */
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
