/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One datagram on its way from the program to the kernel, on a watched socket: if it goes to a peer
 * that is known, it is sent by a message header of ours that names the source. The program's own
 * header and control data are copied, never written.
 */
#ifndef CALLS_EMISSION_H
#define CALLS_EMISSION_H

#include "core/choose.h"
#include "sys/pktinfo.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* The largest control data of a program's that is copied. Nothing that a UDP socket takes comes
 * near it but IPv6 extension headers; such a datagram is left as it is. */
enum { EMISSION_CONTROL_MAX = 1024 };

/* A header of ours with what it points to, and whom it is for. */
struct emission {
	struct msghdr *msg;
	unsigned char *control; /* emission_control_size(theirs) bytes, aligned as a cmsghdr */
	struct asker asker;
};

/* How much control data it takes to send theirs with a source; 0 if its own is too large. */
size_t emission_control_size(const struct msghdr *theirs);

/*
 * Makes tx->msg a copy of theirs that names the source for its peer. False if theirs is to go to the
 * kernel as it is: the peer is not known, the program names a source itself, or the header is one
 * that only the kernel should look at. Keeps errno.
 */
bool emission_prepare(struct emission *tx, int fd, uint32_t facts, const struct msghdr *theirs);

/*
 * Whether this error of a send with a source may mean that the kernel refused the source, so that
 * the same without it is worth a try. It is not, where an error of an earlier datagram was waiting
 * for the program to hear of it (IP_RECVERR). Keeps errno.
 */
bool emission_is_refusal(int fd, int error);
/* The kernel refused the source for asker with this error, and took the datagram without: the source
 * is forgotten, and that is logged. Keeps errno. */
void emission_forget(int fd, const struct asker *asker, int error);

/*
 * Sends theirs from the source that is known for its peer, or without it where the kernel refuses
 * it; *ret is the call's result. False if no source is known: nothing is sent then.
 */
bool emission_send(int fd, uint32_t facts, const struct msghdr *theirs, int flags, ssize_t *ret);

#endif
