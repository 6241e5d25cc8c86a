/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Destination reports: how the kernel tells at which of our addresses a datagram came in, and how
 * it is told which one a datagram leaves from. On Linux IP_PKTINFO (ip(7)) and IPV6_PKTINFO (RFC
 * 3542, section 6; ipv6(7)). This is the seam for other systems: nothing above knows these
 * messages.
 */
#ifndef SYS_PKTINFO_H
#define SYS_PKTINFO_H

#include "core/address.h"
#include "core/attributes.h"
#include "sys/control.h"

/* The families of reports, as bits. A dual-stack socket has both. */
enum pktinfo_family {
	PKTINFO_V4 = 1 << 0,
	PKTINFO_V6 = 1 << 1,
};

/* Room for the messages that our reports add to a datagram received, and for the one that names
 * the source of a datagram sent. */
enum {
	PKTINFO_RECV_SPACE =
		CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct in6_pktinfo)),
	PKTINFO_SEND_SPACE = CMSG_SPACE(sizeof(struct in6_pktinfo)),
};

/* Which of these families' reports are on. */
unsigned int pktinfo_ask(int fd, unsigned int families);
/* Switches the reports of these families on or off; returns those for which the kernel did. Both
 * keep errno. */
unsigned int pktinfo_switch(int fd, unsigned int families, bool on);
/* The family whose reports a socket option switches, 0 if it is another option. */
unsigned int pktinfo_option_family(int level, int optname);

/*
 * Moves the control messages that came in with msg into sink, and reads the reports among them. Of
 * those only the ones of the program's own families are moved. A sink of NULL is no room at all.
 * True, and *ret set, if they say where the datagram came in: at which address of ours, or at ::
 * for a broadcast's or multicast's, which is nobody's source.
 */
ON_THE_WAY bool pktinfo_take(
	const struct msghdr *msg, unsigned int own, struct control_sink *sink, struct source *ret);

/* Whether msg's control data names a source address itself. */
bool pktinfo_names_source(const struct msghdr *msg);

/* Writes the message that names source to control, which has room for PKTINFO_SEND_SPACE bytes and
 * is aligned as a cmsghdr. Returns its length. */
ON_THE_WAY size_t pktinfo_write(void *control, const struct source *source);

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

#include "sys/pktinfo_linux.h"

#endif
