/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control (ancillary) data, cmsg(3): walking what the kernel wrote, and writing it out again into
 * the program's buffer as the kernel would have.
 */
#ifndef REPLIES_CONTROL_H
#define REPLIES_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* The program's control buffer, while messages are put into it. */
struct control_sink {
	unsigned char *at; /* where the next message goes */
	size_t left;	   /* bytes left from there */
	bool is_truncated; /* a message did not fit: MSG_CTRUNC */
};

/* What is left to walk of control data. */
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
 * The next message, NULL behind the last. What it returns lies within the control data, header and
 * data, whatever the lengths in it say; control data that is malformed ends there. The walk is past
 * the message then: it may be overwritten.
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
 * Where in msg's control data another message can be added: behind the last one, aligned. The
 * kernel takes a tail too short for a header for nothing; so does this. CONTROL_MALFORMED if the
 * kernel would refuse what is there (EINVAL).
 */
#define CONTROL_MALFORMED ((size_t)-1)
size_t control_end(const struct msghdr *msg);

/* cmsg's data if it is of this level and type and at least size bytes long, else NULL. */
static inline const void *control_data(const struct cmsghdr *cmsg, int level, int type, size_t size)
{
	if (cmsg->cmsg_level != level || cmsg->cmsg_type != type || cmsg->cmsg_len < CMSG_LEN(size))
		return NULL;
	return CMSG_DATA(cmsg);
}

/*
 * Puts cmsg into sink as the kernel's put_cmsg does (net/core/scm.c): whole if it fits, cut and
 * marked truncated if only its beginning does, left out and marked if not even a header does, left
 * out without a mark if there is no memory where it should go. The sink may be the very buffer that
 * cmsg stands in, at or before it. Descriptors (of SCM_RIGHTS and SCM_PIDFD) for which there is no
 * room are closed, as the kernel would not have opened them.
 */
void control_put(struct control_sink *sink, const struct cmsghdr *cmsg);

#endif
