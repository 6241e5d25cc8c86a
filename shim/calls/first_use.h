/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor that the library did not see being made is classified when a call first uses it.
 * Everything here keeps errno. */
#ifndef CALLS_FIRST_USE_H
#define CALLS_FIRST_USE_H

#include "attributes.h"
#include "replies/watch.h"
#include "sockets/fd_flags.h"

/* Classifies fd and logs what can no longer be cured. Returns the flags of fd, or 0 if
 * BINDRIGHT_REPLY is off everywhere, if nothing can be noted, or if a filter forbids asking the
 * kernel. */
COLD uint32_t first_use(int fd);

/* Classifies a listener, which matters even where replies do not. */
COLD void first_use_listen(int fd);

/* Returns the flags of fd, classifying it first if necessary. */
HOT_INLINE uint32_t first_use_flags(int fd)
{
	uint32_t flags = fd_flags(fd);

	return LIKELY(flags != 0) ? flags : first_use(fd);
}

/* Like first_use_flags, before a send. *ret_socket becomes the socket's identity. */
HOT_INLINE uint32_t first_use_before_send(int fd, uint32_t *ret_socket)
{
	uint32_t flags = fd_flags_and_id(fd, ret_socket);

	return LIKELY(flags & FD_SELECTS) || flags != 0 ? flags : first_use(fd);
}

/* Like first_use_flags, before a receive, also for a descriptor with FD_UNDECIDED: starts watching
 * a candidate and makes the other checks that are due at a first receive. */
COLD uint32_t first_use_decide(int fd, enum watch_trust trust);

/* Like first_use_decide, before a receive that may return control data to the program. */
HOT_INLINE uint32_t first_use_before_receive(int fd)
{
	uint32_t flags = fd_flags(fd);

	return LIKELY(flags != 0 && !(flags & FD_UNDECIDED)) ? flags
							     : first_use_decide(fd, WATCH_VERIFY);
}

#endif
