/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PKTINFO messages: how the kernel tells at which of our addresses a datagram came in, and how it
 * is told which one a datagram leaves from. On Linux IP_PKTINFO (ip(7)) and IPV6_PKTINFO (RFC 3542,
 * section 6; ipv6(7)). This is the seam for other systems: nothing above knows these messages.
 */
#ifndef REPLIES_PKTINFO_H
#define REPLIES_PKTINFO_H

#include "attributes.h"
#include "replies/control.h"
#include "sockets/address.h"

/* The families of PKTINFO, as bits. A dual-stack socket has both. */
enum pktinfo_family {
	PKTINFO_V4 = 1 << 0,
	PKTINFO_V6 = 1 << 1,
};

/* Room for the messages that PKTINFO adds to a datagram received, and for the one that names
 * the source of a datagram sent. */
enum {
	PKTINFO_RECV_SPACE =
		CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct in6_pktinfo)),
	PKTINFO_SEND_SPACE = CMSG_SPACE(sizeof(struct in6_pktinfo)),
};

/* Which of these families are enabled. */
unsigned int pktinfo_ask(int fd, unsigned int families);
/* Enables or disables these families; returns those for which the kernel did. Both keep errno. */
unsigned int pktinfo_switch(int fd, unsigned int families, bool on);
/* The family that a socket option enables, 0 if it is another option. */
unsigned int pktinfo_option_family(int level, int optname);

/*
 * Moves the control messages that came in with msg into sink, and reads the PKTINFO ones. Of those
 * only the ones that the program enabled are moved: app has these families. A sink of NULL is no
 * room at all. True, and *ret set, if they say where the datagram came in: at which address of ours
 * and by which interface, or at :: for a broadcast's or multicast's, which is nobody's source.
 */
OWN_FRAME bool pktinfo_take(
	const struct msghdr *msg, unsigned int app, struct control_sink *sink, struct source *ret);

/*
 * The same of control data that is nothing but one message, of which nothing is to be moved, and
 * that says the usual: at a unicast address, for IPv6 one that needs no interface. False, and *ret
 * of no meaning, if it is not so.
 */
HOT_INLINE bool pktinfo_take_plain_v4(const struct msghdr *msg, struct in_addr *ret);
HOT_INLINE bool pktinfo_take_plain_v6(const struct msghdr *msg, struct source *ret);
/* ... and of the two that an IPv4 datagram has on a dual-stack socket. */
HOT_INLINE bool pktinfo_take_plain_both(const struct msghdr *msg, struct source *ret);

/* The families of the PKTINFO messages in msg's control data. */
unsigned int pktinfo_find_families(const struct msghdr *msg);

/*
 * Whether msg's control data leaves no source to be named: it names one itself, or, for IPv6, an
 * interface. A source beside that would have the kernel (6.18) route without regard to it; where an
 * IPv4 message names an interface alone, a source beside it is well.
 */
bool pktinfo_names_source(const struct msghdr *msg);
/* The source address that msg's control data names, :: if it names none. */
struct address pktinfo_find_source(const struct msghdr *msg);

/* Writes the message that names source to control, which has room for PKTINFO_SEND_SPACE bytes and
 * is aligned as a cmsghdr. Returns its length. */
HOT_INLINE size_t pktinfo_write(void *control, const struct source *source);

/*
 * Adds the message that names source behind the control messages of msg, whose buffer is room bytes
 * long. False, and msg untouched, if that is too short or the control data there is malformed.
 */
bool pktinfo_append(struct msghdr *msg, size_t room, const struct source *source);

/*
 * With which error the kernel refuses to send msg because of where it should leave from or go to; 0
 * if it does not. Nothing is sent, and an error that waits on the socket is left there. Keeps
 * errno.
 */
int pktinfo_ask_refusal(int fd, const struct msghdr *msg);

#include "replies/pktinfo_linux.h"

#endif
