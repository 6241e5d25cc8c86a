/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control (ancillary) data, cmsg(3): walks what the kernel wrote, and writes it to the program's
 * buffer as the kernel would have. */
#ifndef REPLIES_CONTROL_H
#define REPLIES_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* The program's control buffer, while messages are copied to it. */
struct control_sink {
	unsigned char *at; /* where the next message goes */
	size_t left;	   /* bytes left from there */
	bool is_truncated; /* a message did not fit: MSG_CTRUNC */
};

/* The control data still to be walked. */
struct control_walk {
	unsigned char *at;
	size_t left;
};

static inline struct control_walk control_begin(const struct msghdr *msg)
{
	return (struct control_walk){
		.at = msg->msg_control,
		.left = msg->msg_control != NULL ? msg->msg_controllen : 0,
	};
}

/*
 * Returns the next message; NULL after the last, or where the control data is malformed. The
 * message lies within the control data, header and data, whatever its length field says. The walk
 * is already past it: the caller may overwrite it.
 */
static inline const struct cmsghdr *control_step(struct control_walk *walk)
{
	const struct cmsghdr *cmsg = (const struct cmsghdr *)walk->at;
	size_t space;

	if (walk->left < sizeof(*cmsg) || cmsg->cmsg_len < sizeof(*cmsg) ||
		cmsg->cmsg_len > walk->left)
		return NULL;
	space = CMSG_ALIGN(cmsg->cmsg_len);
	if (space > walk->left)
		space = walk->left;
	walk->at += space;
	walk->left -= space;
	return cmsg;
}

/*
 * The offset in msg's control data at which another message can be added: after the last one,
 * aligned. Ignores a tail too short for a header, as the kernel does. CONTROL_MALFORMED if the
 * kernel would refuse the control data (EINVAL).
 */
#define CONTROL_MALFORMED ((size_t)-1)
size_t control_end(const struct msghdr *msg);

/* The data of cmsg; NULL unless cmsg has this level and type and at least size bytes of data. */
static inline const void *control_data(const struct cmsghdr *cmsg, int level, int type, size_t size)
{
	if (cmsg->cmsg_level != level || cmsg->cmsg_type != type || cmsg->cmsg_len < CMSG_LEN(size))
		return NULL;
	return CMSG_DATA(cmsg);
}

/*
 * Copies cmsg to sink as the kernel's put_cmsg does (net/core/scm.c): whole if it fits; cut, and
 * marked truncated, if only its beginning fits; left out, and marked, if not even a header fits;
 * left out without a mark if the program's buffer is not mapped. sink may be the buffer that holds
 * cmsg, at or before it. Closes descriptors (of SCM_RIGHTS and SCM_PIDFD) that do not fit, because
 * the kernel would not have opened them.
 */
void control_put(struct control_sink *sink, const struct cmsghdr *cmsg);

#endif
