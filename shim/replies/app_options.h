/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two socket options that watching uses, PKTINFO and SO_RCVLOWAT, as the program sees them:
 * what it sets itself is remembered in the socket tag and told back, and whatever else the kernel
 * has is not its business. All but the tag is a memory of it: the program may have changed PKTINFO
 * under another number of the same socket, or in another process.
 */
#ifndef REPLIES_APP_OPTIONS_H
#define REPLIES_APP_OPTIONS_H

#include "attributes.h"
#include "replies/table.h"
#include "sockets/fd_flags.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

/*
 * What setsockopt of these options does. False if the call is libc's alone. Else *ret_result is its
 * result, and errno is as the program is to find it.
 */
bool app_options_set(
	int fd, int level, int optname, const void *optval, socklen_t optlen, int *ret_result);

/* The option has been asked, with success: puts what the program is to see in its place. Keeps
 * errno. */
void app_options_tell(int fd, int level, int optname, void *optval, socklen_t optlen);

/* What table_app_changes said when the flags were last asked again. */
extern HIDDEN _Atomic uint32_t app_options_seen;

/* Whether the program has changed PKTINFO on no socket since, as far as this process and its
 * relatives by fork know. */
HOT_INLINE bool app_options_are_current(void)
{
	return LIKELY(table_app_changes() ==
		      atomic_load_explicit(&app_options_seen, memory_order_relaxed));
}

/* If it has: asks the tags of all watched sockets again. Returns the flags of fd. Keeps errno. */
COLD uint32_t app_options_refresh(int fd);

/*
 * msg was received on a socket that is not known to be watched. If it has PKTINFO messages that the
 * program is not known to have enabled, and the tag says that this library enabled them (in another
 * process, or under another number), they are removed. Keeps errno.
 */
COLD void app_options_remove_unexpected(int fd, struct msghdr *msg);

#endif
