/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words stand in chunks. The first, which holds all the descriptors of most programs, is part
 * of the library; others are mapped when a word of theirs is first written, and kept. A descriptor
 * past the last chunk is never known, and so never watched.
 */
#include "sys/facts.h"

#include "sys/process.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

enum { CHUNK = FACTS_CHUNK, CHUNKS = 256 }; /* 1,048,576 descriptors: the kernel's own fs.nr_open */

typedef _Atomic uint32_t word_t;

/* Both written by any thread, at any time. */
word_t facts_first_chunk[CHUNK];
static word_t *_Atomic chunks[CHUNKS];
static _Atomic int end; /* of what is used of the first chunk */

static word_t *find_word(unsigned int fd)
{
	word_t *chunk;

	if (fd < CHUNK)
		return &facts_first_chunk[fd];
	if (fd >= (unsigned int)CHUNK * CHUNKS)
		return NULL;
	chunk = atomic_load_explicit(&chunks[fd / CHUNK], memory_order_acquire);
	return chunk != NULL ? &chunk[fd % CHUNK] : NULL;
}

static void make_chunk(unsigned int fd)
{
	int saved_errno = errno;
	size_t size = CHUNK * sizeof(word_t);
	word_t *none = NULL;
	void *made;

	if (fd >= (unsigned int)CHUNK * CHUNKS)
		return;
	made = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (made != MAP_FAILED &&
		!atomic_compare_exchange_strong(&chunks[fd / CHUNK], &none, (word_t *)made))
		munmap(made, size);
	errno = saved_errno;
}

uint32_t facts_of_high(unsigned int fd)
{
	word_t *word = find_word(fd);

	return word != NULL ? atomic_load_explicit(word, memory_order_relaxed) : 0;
}

int facts_end(void)
{
	return atomic_load_explicit(&end, memory_order_relaxed);
}

static void note_end(int fd)
{
	int seen = facts_end();

	while (fd < CHUNK && fd >= seen)
		if (atomic_compare_exchange_weak(&end, &seen, fd + 1))
			break;
}

bool facts_set(int fd, uint32_t facts)
{
	word_t *word = find_word((unsigned int)fd);

	/* Most words are written once, with what they are; only a change needs the question. */
	if (word != NULL && atomic_load_explicit(word, memory_order_relaxed) == facts)
		return true;
	if (process_is_vfork_child())
		return false;
	if (word == NULL) {
		make_chunk((unsigned int)fd);
		word = find_word((unsigned int)fd);
	}
	if (word == NULL)
		return false;
	atomic_store_explicit(word, facts, memory_order_relaxed);
	note_end(fd);
	return true;
}
