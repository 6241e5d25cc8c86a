/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The socket tag, on the socket itself: PKTINFO was enabled by this library, and these families of
 * it the program enabled too. A socket has the tag if and only if the library enabled PKTINFO on
 * it. The tag goes wherever the socket goes: to duplicates, forked processes, across exec, and over
 * AF_UNIX to other processes. So whatever the flags of a descriptor miss, the tag tells.
 *
 * It is a value of SO_RCVLOWAT (socket(7)), which UDP keeps and never looks at, because datagrams
 * come whole. Measured on Linux 6.18: reads, poll and epoll are as without it. The program's own
 * value is part of the tag, so that getsockopt can tell it.
 *
 * What no tag can help: who gets the socket and runs without the library finds PKTINFO messages in
 * its control data, and the tag, if it looks for that.
 *
 * Everything here keeps errno.
 */
#ifndef SOCKETS_TAG_H
#define SOCKETS_TAG_H

#include <stdbool.h>

/* What a tag says. */
struct tag {
	unsigned int app_families; /* of PKTINFO (replies/pktinfo.h): enabled by the program */
	int app_rcvlowat;	   /* SO_RCVLOWAT as the program has it */
};

/* What SO_RCVLOWAT is on a socket whose program never set it. */
enum { TAG_RCVLOWAT = 1 };

enum tag_state {
	TAG_FOUND,
	TAG_NONE,    /* app_rcvlowat is the option's value */
	TAG_UNKNOWN, /* the kernel, or a seccomp filter, does not say; app_rcvlowat is TAG_RCVLOWAT
		      */
};
enum tag_state tag_read(int fd, struct tag *ret);
/* Whether the program's value leaves room for the tag. */
bool tag_can_carry(int app_rcvlowat);
/* Tags fd, or tags it anew; false if the kernel refuses it. */
bool tag_write(int fd, const struct tag *tag);
/* Takes the tag away: the option is as the program has it. */
void tag_clear(int fd, const struct tag *tag);

/* Whether this is the option that the tag stands in. */
bool tag_is_option(int level, int optname);

#endif
