/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decides which sockets report the destinations of their datagrams. There is one way in: the first
 * receive on a candidate enables PKTINFO just before it, in any process and however the socket got
 * there. (Datagrams queued earlier are reported correctly, too.) There is one truth, the socket tag
 * (sockets/tag.h); the flags of descriptors are a copy of it.
 *
 * Everything here keeps errno.
 */
#ifndef REPLIES_WATCH_H
#define REPLIES_WATCH_H

#include "attributes.h"
#include "sockets/fd_flags.h"

#include <stdbool.h>
#include <stdint.h>

/* How far the flags of a descriptor may be trusted without asking the kernel whether they are
 * stale. */
enum watch_trust {
	WATCH_VERIFY, /* not at all */
	WATCH_TRUST,  /* until watch_confirm; only for receives without control data */
};

/* Called before a receive on a descriptor with FD_UNDECIDED: watches it if it is a candidate by
 * now. Returns its flags, which still include FD_UNDECIDED if it is not bound. */
COLD uint32_t watch_decide(int fd, uint32_t flags, enum watch_trust trust);

/*
 * Called after a receive under WATCH_TRUST that has brought no PKTINFO message. True if fd really
 * is a UDP socket. If not, its number was reused after a close that was not seen: undoes what
 * watching has done to the descriptor.
 */
COLD bool watch_confirm(int fd);

/* A seccomp filter forbids recvmsg or sendmsg in place of the program's recvfrom and sendto: leaves
 * fd alone from now on, and logs that. */
COLD void watch_stop_filtered(int fd);

#endif
