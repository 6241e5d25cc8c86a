/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The socket tag, kept on the socket itself. It says that this library enabled PKTINFO, and which
 * families of it the program has enabled too. A socket has the tag if and only if this library
 * enabled PKTINFO on it. The tag stays with the socket: in duplicates, in forked processes, across
 * exec, and in processes that receive it over AF_UNIX. It corrects flags that are missing or stale.
 *
 * The tag is a value of SO_RCVLOWAT (socket(7)), which UDP stores and never reads, because
 * datagrams are delivered whole. Measured on Linux 6.18: reads, poll and epoll behave as without
 * it. The tag includes the program's own value, for getsockopt to return.
 *
 * Not covered: a process that gets the socket and runs without the library finds PKTINFO messages
 * in its control data, and the tag if it reads SO_RCVLOWAT.
 *
 * Everything here keeps errno and is safe in signal handlers.
 */
#ifndef SOCKETS_TAG_H
#define SOCKETS_TAG_H

#include <stdbool.h>

/* The content of a tag. */
struct tag {
	unsigned int app_families; /* PKTINFO families (replies/pktinfo.h) the program enabled */
	int app_rcvlowat;	   /* SO_RCVLOWAT as the program sees it */
};

/* The kernel's default SO_RCVLOWAT. */
enum { TAG_RCVLOWAT = 1 };

enum tag_state {
	TAG_FOUND,
	TAG_NONE,    /* app_rcvlowat is the option's value */
	TAG_UNKNOWN, /* getsockopt failed; app_rcvlowat is TAG_RCVLOWAT */
};
enum tag_state tag_read(int fd, struct tag *ret);
/* Whether app_rcvlowat fits in the tag. */
bool tag_can_carry(int app_rcvlowat);
/* Writes fd's tag, new or changed; false if the kernel refuses. */
bool tag_write(int fd, const struct tag *tag);
/* Removes the tag: SO_RCVLOWAT becomes the program's value. */
void tag_clear(int fd, const struct tag *tag);

/* Whether this option is the one that holds the tag. */
bool tag_is_option(int level, int optname);

#endif
