/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entries are stored in chunks. The first chunk is part of the library and holds all descriptors of
 * most programs. The others are mapped when an entry in them is first written, and are never
 * unmapped. A descriptor past the last chunk is never known, and is never watched.
 */
#include "sockets/fd_flags.h"

#include "runtime/impl.h"
#include "runtime/process.h"

#include <stddef.h>

enum { CHUNKS = 256 }; /* 1,048,576 descriptors: the kernel's default fs.nr_open */

/* Any thread writes these, at any time. */
struct fd_entry fd_first_chunk[FD_CHUNK];
static struct fd_entry *_Atomic chunks[CHUNKS];
static _Atomic int highest = -1; /* descriptor stored */

struct fd_entry *fd_find_high(unsigned int fd)
{
	struct fd_entry *chunk;

	if (fd >= (unsigned int)FD_CHUNK * CHUNKS)
		return NULL;
	chunk = atomic_load_explicit(&chunks[fd / FD_CHUNK], memory_order_acquire);
	return chunk != NULL ? &chunk[fd % FD_CHUNK] : NULL;
}

static void make_chunk(unsigned int fd)
{
	size_t size = FD_CHUNK * sizeof(struct fd_entry);
	struct fd_entry *none = NULL;
	void *made;

	if (fd >= (unsigned int)FD_CHUNK * CHUNKS)
		return;
	made = impl_map(size);
	if (made != NULL && !atomic_compare_exchange_strong(
				    &chunks[fd / FD_CHUNK], &none, (struct fd_entry *)made))
		impl_unmap(made, size);
}

int fd_end(void)
{
	return atomic_load_explicit(&highest, memory_order_relaxed) + 1;
}

static void note_highest(int fd)
{
	int seen = atomic_load_explicit(&highest, memory_order_relaxed);

	while (fd > seen)
		if (atomic_compare_exchange_weak(&highest, &seen, fd))
			break;
}

static struct fd_entry *find_or_make(int fd)
{
	struct fd_entry *entry = fd_find(fd);

	if (entry == NULL) {
		make_chunk((unsigned int)fd);
		entry = fd_find(fd);
	}
	if (entry != NULL)
		note_highest(fd);
	return entry;
}

uint32_t fd_flags_derive(uint32_t flags)
{
	bool is_open =
		flags & FD_UDP && !(flags & (FD_CONNECTED | FD_LEFT_ALONE | FD_APP_UNICAST_IF));
	bool may_be_watched = flags & FD_CANDIDATE || !(flags & FD_BOUND);

	flags &= ~(uint32_t)(FD_SELECTS | FD_UNDECIDED | FD_LEARNS);
	if (flags & FD_UDP && flags & FD_V4_UNCHECKED)
		flags |= FD_UNDECIDED;
	if (!is_open)
		return flags;
	/* The first send on an unbound socket decides whether it is a client's. */
	if (flags & (FD_CANDIDATE | FD_MAY_FOLLOW) || !(flags & FD_BOUND))
		flags |= FD_SELECTS;
	if (flags & FD_WATCHED && flags & FD_CANDIDATE && !(flags & FD_UNDECIDED))
		flags |= FD_LEARNS;
	else if (may_be_watched)
		flags |= FD_UNDECIDED;
	return flags;
}

bool fd_flags_set(int fd, uint32_t flags)
{
	struct fd_entry *entry = find_or_make(fd);

	if (entry == NULL)
		return false;
	atomic_store_explicit(&entry->socket, 0, memory_order_relaxed);
	atomic_store_explicit(&entry->flags, fd_flags_derive(flags), memory_order_release);
	return true;
}

uint32_t fd_flags_change(int fd, uint32_t added, uint32_t removed)
{
	struct fd_entry *entry = fd_find(fd);
	uint32_t before, after;

	if (entry == NULL)
		return 0;
	before = atomic_load_explicit(&entry->flags, memory_order_relaxed);
	do {
		after = fd_flags_derive((before & ~removed) | added);
	} while (!atomic_compare_exchange_weak_explicit(
		&entry->flags, &before, after, memory_order_release, memory_order_relaxed));
	return after;
}

bool fd_socket_id_set(int fd, uint32_t socket)
{
	struct fd_entry *entry = fd_find(fd);

	if (entry != NULL)
		atomic_store_explicit(&entry->socket, socket, memory_order_relaxed);
	return entry != NULL;
}

void fd_flags_duplicate(int fd, int fd2)
{
	uint32_t flags = fd_flags(fd), socket = fd_socket_id(fd);

	/* Most entries are written once: ask the kernel about vfork only for a change. */
	if ((fd_flags(fd2) == flags && fd_socket_id(fd2) == socket) || process_is_vfork_child())
		return;
	if (fd_flags_set(fd2, 0) && fd_socket_id_set(fd2, socket))
		fd_flags_change(fd2, flags, 0);
}
