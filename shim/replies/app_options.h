/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two socket options that watching uses, PKTINFO and SO_RCVLOWAT, as the program sees them. The
 * socket tag records what the program sets, and getsockopt returns that; what else the kernel holds
 * is hidden from the program. The flags are only a copy of the tag, because the program may have
 * changed PKTINFO through another descriptor of the same socket, or in another process.
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
 * Does a setsockopt of one of these options. False if the call is libc's alone: another option, not
 * a UDP socket, no replies to cure, or a value that the kernel would refuse. Otherwise *ret_result
 * is the result of the call, and errno is what the program is to see.
 */
bool app_options_set(
	int fd, int level, int optname, const void *optval, socklen_t optlen, int *ret_result);

/* getsockopt has succeeded for this option, with optlen bytes in optval: replaces them with the
 * value that the program is to see. Keeps errno. */
void app_options_get(int fd, int level, int optname, void *optval, socklen_t optlen);

/* The value of table_app_changes when the flags were last refreshed. */
extern HIDDEN _Atomic uint32_t app_options_seen;

/* Whether no PKTINFO option was changed by the program since then, as far as this process and its
 * relatives by fork know. */
HOT_INLINE bool app_options_are_current(void)
{
	return LIKELY(table_app_changes() ==
		      atomic_load_explicit(&app_options_seen, memory_order_relaxed));
}

/* Otherwise: reads the tags of all watched sockets again. Returns the flags of fd. Keeps errno. */
COLD uint32_t app_options_refresh(int fd);

/*
 * Checks msg, which was received on a socket that is not known to be watched. If it has PKTINFO
 * messages that the program is not known to have enabled, and the tag says that this library
 * enabled them (in another process, or through another descriptor), removes them. If there was no
 * space for them, and the program wants no control data, MSG_CTRUNC goes too. Keeps errno.
 */
COLD void app_options_remove_unexpected(int fd, struct msghdr *msg);

#endif
