/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The differences that are allowed between a bare run and one with the library: the two cures, and
 * nothing else.
 *
 *   - IPV6_V6ONLY, under force, default and dual. The bare run is the reference: before a bind it
 *     does itself what bindright(7), LISTENERS, promises of the keyword. All that follows from that
 *     must then be the same. Under off there is nothing to do. Under auto there is nothing to do
 *     either, because the sequences have no IPv6 wildcard on a port that IPv4 sockets have.
 *   - The source of replies, in the mode "sources" alone. There, peers use several addresses of the
 *     host, and replies differ in their source: both runs print the addresses of datagrams as
 * zeros. No UDP socket is connected, because the kernel drops datagrams by their source then. In
 * the other modes the request destination is the address that routing would choose anyway, so
 * nothing may differ, although the library names it in every reply.
 *   - Where a socket has several descriptors, or processes: the library sees a receive through one
 * as somebody else's, if it watches the socket through another one. It removes its PKTINFO message
 *     from the program's buffer, but not the bytes of it after the end of the control data, and
 * what it has pushed out of a buffer that was too small for both (MSG_CTRUNC) is lost, once.
 *   - The bytes after the end of control data that was received into bad memory.
 *   - What PKTINFO says of a datagram that came before the program enabled PKTINFO. The kernel then
 *     gives neither interface nor local address, unless PKTINFO was enabled already, by the
 * library. So a sequence does not enable it while a datagram waits.
 */
#ifndef TESTS_DIFFERENTIAL_ALLOWED_H
#define TESTS_DIFFERENTIAL_ALLOWED_H

#include "differential.h"

#include <sys/socket.h>

/* bind; in the reference with what the keyword promises. slot is fd's. */
int allowed_bind(int slot, int fd, const struct sockaddr *addr, socklen_t len);
/* The program has set or cleared IPV6_V6ONLY on this slot's socket. */
void allowed_note_choice(int slot);
/* Makes the address at addr, or those in control data, zeros if they may differ. */
void allowed_hide_address(void *addr, socklen_t len);
void allowed_hide_control(const struct msghdr *message);
/* Fills the control buffer after its end, if that may differ, and all of it if it was too small. */
void allowed_hide_rest(const struct step *step, struct msghdr *message);
/* Whether the step would enable PKTINFO while a datagram waits. */
bool allowed_leaves_out(const struct step *step);

#endif
