/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which sockets report where their datagrams came in. There is one way in: the first receive on a
 * candidate enables PKTINFO right before it, in whichever process and however the socket came there
 * (datagrams that were queued earlier are reported right, too). And there is one truth, the socket
 * tag (sockets/tag.h); the flags of descriptors only remember what it said.
 *
 * Everything here keeps errno.
 */
#ifndef REPLIES_WATCH_H
#define REPLIES_WATCH_H

#include "attributes.h"
#include "sockets/fd_flags.h"

#include <stdbool.h>
#include <stdint.h>

/* What may be taken from a descriptor's flags without asking the kernel whether they are stale. */
enum watch_trust {
	WATCH_VERIFY, /* nothing */
	WATCH_TRUST,  /* all, until watch_confirm: before a receive that hands over no control data
		       */
};

/*
 * Before a receive on a descriptor with FD_UNDECIDED: watches it if it is a candidate by now.
 * Returns its flags, which are undecided still if it is not bound.
 */
COLD uint32_t watch_decide(int fd, uint32_t flags, enum watch_trust trust);

/*
 * After a receive under WATCH_TRUST that has brought no PKTINFO message: whether fd is a UDP socket
 * indeed. If it is not, but another descriptor that has its number since a close that was not seen,
 * it is as it was before.
 */
COLD bool watch_confirm(int fd);

/* A seccomp filter forbids recvmsg or sendmsg in place of the program's recvfrom and sendto: fd is
 * left alone from now on, and that is logged. */
COLD void watch_stop_filtered(int fd);

#endif
