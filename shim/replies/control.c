/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rewrites control data. The program must find in its buffer, to the byte, what the kernel would
 * have written there without this library. The kernel writes messages until the buffer is full:
 * each takes CMSG_SPACE of its length, one that does not fit is cut at the end of the buffer, and
 * later ones are lost. The library receives the whole sequence in a larger buffer, and here writes
 * it again to the smaller one, without its own messages.
 */
#include "replies/control.h"

#include "runtime/impl.h"
#include "runtime/readable.h"

#include <stdint.h>
#include <string.h>

/* What may follow the last message: fewer bytes than a header, which the kernel ignores. But a
 * 64-bit kernel, which first converts a 32-bit program's messages (net/compat.c), refuses any. */
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

/* SCM_PIDFD (include/linux/socket.h), which libc's headers may not define. */
enum { TYPE_PIDFD = 4 };

static bool brings_descriptors(const struct cmsghdr *cmsg)
{
	return cmsg->cmsg_level == SOL_SOCKET &&
	       (cmsg->cmsg_type == SCM_RIGHTS || cmsg->cmsg_type == TYPE_PIDFD);
}

/* The length of a message with descriptors, cut to the buffer space left: whole descriptors only.
 * Closes those that do not fit. */
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
	memmove(sink->at, cmsg, len);
	memcpy(sink->at, &header, sizeof(header));
	space = CMSG_ALIGN(len) < sink->left ? CMSG_ALIGN(len) : sink->left;
	sink->at += space;
	sink->left -= space;
}
