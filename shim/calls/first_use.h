/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor whose making was not seen is classified where a call first uses it. Keeps errno. */
#ifndef CALLS_FIRST_USE_H
#define CALLS_FIRST_USE_H

#include "attributes.h"
#include "replies/watch.h"
#include "sockets/fd_flags.h"

/* Classifies fd and says what cannot be cured of it any more. Returns its flags; 0 where nothing is
 * to be looked after, nothing can be noted, or nobody may be asked. */
COLD uint32_t first_use(int fd);

/* The same of a listener, which is of interest where no replies are, too. */
COLD void first_use_listen(int fd);

/* The flags of fd. */
HOT_INLINE uint32_t first_use_flags(int fd)
{
	uint32_t flags = fd_flags(fd);

	return LIKELY(flags != 0) ? flags : first_use(fd);
}

/* The same, and its socket's identity, before something is sent. */
HOT_INLINE uint32_t first_use_before_send(int fd, uint32_t *ret_socket)
{
	uint32_t flags = fd_flags_and_id(fd, ret_socket);

	return LIKELY(flags & FD_SELECTS) || flags != 0 ? flags : first_use(fd);
}

/* The same before a receive, for a descriptor with FD_UNDECIDED, too: a candidate is watched, and
 * what else its first receive has to find out is found out. */
COLD uint32_t first_use_decide(int fd, enum watch_trust trust);

/* The same before a receive that may hand control data to the program. */
HOT_INLINE uint32_t first_use_before_receive(int fd)
{
	uint32_t flags = fd_flags(fd);

	return LIKELY(flags != 0 && !(flags & FD_UNDECIDED)) ? flags
							     : first_use_decide(fd, WATCH_VERIFY);
}

#endif
