/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A warning when a listener loses IPv4 by default. It concerns a listener on which this library set
 * IPV6_V6ONLY although BINDRIGHT_V6ONLY was not set and the program did not touch the option. Its
 * first accept or receive, by when the program has bound all its sockets, checks once whether any
 * socket takes IPv4 on the port. If none does, one warning says so and how to keep IPv4.
 *
 * Everything here keeps errno, is not a cancellation point, and is safe in signal handlers.
 */
#ifndef LISTENERS_IPV4_LOST_H
#define LISTENERS_IPV4_LOST_H

#include "attributes.h"
#include "listeners/v6only.h"

/* Whether the socket, which has just been bound, is such a listener and has to get FD_V4_UNCHECKED.
 * If so, also makes the record of warnings, which processes forked later share. */
bool ipv4_lost_is_possible(const struct v6only *v6only);

/*
 * Call before the first accept or receive on fd, which has FD_V4_UNCHECKED: clears that flag,
 * checks, and warns. Does not warn if the kernel does not report who has the port, if a filter
 * forbids asking, or if the socket is connected. May take milliseconds. Returns the new flags of
 * fd.
 */
COLD uint32_t ipv4_lost_check(int fd);

#endif
