/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data, rewritten. The program must find in its buffer, to the byte, what the kernel would
 * have written there without us. The kernel writes a sequence of messages until the buffer is full:
 * each takes CMSG_SPACE of its length, one that does not fit is cut where the buffer ends, and what
 * comes later is lost. Having received the whole sequence into a larger buffer, we play that again
 * for the smaller one, without our messages.
 */
#include "replies/control.h"

#include "runtime/impl.h"
#include "runtime/readable.h"

#include <stdint.h>
#include <string.h>

/* What may stand behind the last message: too little for another header, of which the kernel takes
 * no notice. But a 64-bit kernel, which converts a 32-bit program's messages first (net/compat.c),
 * refuses any. */
enum { TAIL_MAX = sizeof(size_t) == 4 ? 0 : sizeof(struct cmsghdr) - 1 };

size_t control_end(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	size_t end = 0;
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL)
		end += CMSG_ALIGN(cmsg->cmsg_len);
	return walk.left > TAIL_MAX ? CONTROL_MALFORMED : end;
}

/* SCM_PIDFD (include/linux/socket.h), whose name libc's headers may not give. */
enum { TYPE_PIDFD = 4 };

static bool brings_descriptors(const struct cmsghdr *cmsg)
{
	return cmsg->cmsg_level == SOL_SOCKET &&
	       (cmsg->cmsg_type == SCM_RIGHTS || cmsg->cmsg_type == TYPE_PIDFD);
}

/* How much of a message that brings descriptors goes into room: whole ones only. The others are
 * closed. */
static size_t cut_descriptors(const struct cmsghdr *cmsg, size_t left)
{
	size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	size_t kept = left <= CMSG_LEN(0) ? 0 : (left - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = kept; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
		impl_close(fd);
	}
	if (kept == 0)
		return 0;
	return CMSG_LEN((kept < count ? kept : count) * sizeof(int));
}

void control_put(struct control_sink *sink, const struct cmsghdr *cmsg)
{
	size_t whole = cmsg->cmsg_len;
	size_t len = whole < sink->left ? whole : sink->left;
	bool is_possible = readable(sink->at, len);
	size_t space;
	struct cmsghdr header;

	if (brings_descriptors(cmsg))
		len = cut_descriptors(cmsg, is_possible ? sink->left : 0);
	if (len < whole)
		sink->is_truncated = true;
	if (len < sizeof(header) || !is_possible)
		return;
	memcpy(&header, cmsg, sizeof(header));
	header.cmsg_len = len;
	/* The data first: where both buffers are one, the header may lie on it. */
	memmove(sink->at + CMSG_LEN(0), CMSG_DATA(cmsg), len - CMSG_LEN(0));
	memcpy(sink->at, &header, sizeof(header));
	space = CMSG_ALIGN(len) < sink->left ? CMSG_ALIGN(len) : sink->left;
	sink->at += space;
	sink->left -= space;
}
