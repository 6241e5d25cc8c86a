/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nobody loses IPv4 unseen. Where the word `force` is in effect because nobody chose one, and
 * IPV6_V6ONLY was set on a listener whose program never touched the option, the listener's first
 * accept or receive, when the program has bound all that it will, looks once whether any socket
 * takes IPv4 at the port. If none does, one warning says so, and what keeps IPv4.
 *
 * Everything here keeps errno, is no cancellation point, and is safe in signal handlers.
 */
#ifndef LISTENERS_IPV4_LOST_H
#define LISTENERS_IPV4_LOST_H

#include "attributes.h"
#include "listeners/v6only.h"

/* Whether the socket, which has just been bound, is such a listener: it gets FD_V4_UNCHECKED.
 * Makes the memory of what was said, which processes forked from now on share. */
bool ipv4_lost_is_possible(const struct v6only *v6only);

/*
 * Before the first accept or receive on fd, which has FD_V4_UNCHECKED: takes that away, looks, and
 * warns. Says nothing where the kernel does not tell who has the port, or a filter keeps it from
 * us, of a connected socket, and on a signal stack, which may be too small. May take milliseconds.
 * Returns the flags of fd.
 */
COLD uint32_t ipv4_lost_check(int fd);

#endif
