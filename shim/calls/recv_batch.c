/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg: on a watched socket, as many receptions as the kernel fills in one call. */
#include "calls/batch.h"
#include "calls/own.h"
#include "calls/reception.h"
#include "calls/style.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"
#include "sys/time64.h"

#include <errno.h>

/* What receiving for theirs takes of a batch's room. */
static size_t measure(const struct msghdr *theirs)
{
	return batch_size(sizeof(struct mmsghdr)) + batch_size(sizeof(struct sockaddr_in6)) +
	       batch_size(reception_control_size(theirs));
}

/* How many messages from the first on can be looked at, and what room receiving for them takes. */
static unsigned int count_readable(
	const struct mmsghdr *theirs, unsigned int vlen, size_t *ret_size)
{
	unsigned int count;

	*ret_size = batch_size(sizeof(*theirs)); /* for end_batch */
	for (count = 0; count < vlen && readable(&theirs[count], sizeof(theirs[count])); count++) {
		size_t size = measure(&theirs[count].msg_hdr);

		/* More than there is memory for, so there will be no room. */
		if (size > PTRDIFF_MAX - *ret_size)
			break;
		*ret_size += size;
	}
	return count;
}

/* Where the program's batch leads on to memory that cannot be read the kernel fails with EFAULT,
 * and the next call tells that. It does so of vectors that cannot be read, too. */
static unsigned int end_batch(
	const struct mmsghdr *theirs, struct mmsghdr *ours, unsigned int count, unsigned int vlen)
{
	if (count == vlen || readable(&theirs[count], sizeof(theirs[count])))
		return count;
	ours[count] = (struct mmsghdr){.msg_hdr = {.msg_iov = NULL, .msg_iovlen = 1}};
	return count + 1;
}

/* The messages as the kernel is to see them, with what they point to in room. */
static void prepare(const struct mmsghdr *theirs, struct mmsghdr *ours, unsigned int count,
	struct batch_room *room)
{
	for (unsigned int i = 0; i < count; i++) {
		struct reception rx = {.msg = &ours[i].msg_hdr};

		rx.name = batch_take(room, sizeof(*rx.name));
		rx.control = batch_take(room, reception_control_size(&theirs[i].msg_hdr));
		reception_prepare(&rx, &theirs[i].msg_hdr);
	}
}

static void deliver(
	int fd, uint32_t facts, struct mmsghdr *ours, struct mmsghdr *theirs, int count, int flags)
{
	for (int i = 0; i < count; i++) {
		const struct reception rx = {.msg = &ours[i].msg_hdr};

		reception_deliver(&rx, fd, facts, &theirs[i].msg_hdr, flags);
		theirs[i].msg_len = ours[i].msg_len;
	}
}

/* False, and nothing done, if there is no room for them. */
OWN_FRAME static bool receive_watched(enum style style, int fd, uint32_t facts,
	struct mmsghdr *theirs, unsigned int vlen, int flags, struct timespec *tmo, int *ret)
{
	struct batch_room room;
	struct mmsghdr *ours;
	size_t size;
	unsigned int count = count_readable(theirs, vlen, &size);
	unsigned int failed;
	int received;

	if (!batch_open(&room, size))
		return false;
	ours = batch_take(&room, (count + 1) * sizeof(*ours));
	prepare(theirs, ours, count, &room);
	received =
		style_recvmmsg(style, fd, ours, end_batch(theirs, ours, count, vlen), flags, tmo);
	deliver(fd, facts, ours, theirs, received, flags);
	failed = received > 0 ? (unsigned int)received : 0;
	if (failed < count)
		reception_tell_name(&ours[failed].msg_hdr, &theirs[failed].msg_hdr);
	batch_close(&room);
	*ret = received;
	return true;
}

/* One message after the other, as the kernel itself goes on (net/socket.c, do_recvmmsg); what is
 * left of the timeout it tells each time. But an error behind the first message is lost, where the
 * kernel would tell it by the next call. */
OFF_THE_WAY static int receive_singly(enum style style, int fd, uint32_t facts,
	struct mmsghdr *theirs, unsigned int vlen, int flags, struct timespec *tmo)
{
	int saved_errno = errno;
	unsigned int received = 0;
	int more = 0;

	do {
		if (!receive_watched(style, fd, facts, theirs + received, 1, flags, tmo, &more) ||
			more <= 0)
			break;
		received++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
	} while (received < vlen && !style_is_over(style, tmo));
	if (received == 0)
		return more;
	errno = saved_errno;
	return (int)received;
}

ON_THE_WAY int receive_batch(enum style style, int fd, struct mmsghdr *vmessages, unsigned int vlen,
	int flags, struct timespec *tmo)
{
	uint32_t facts = sockets_facts(fd, FACT_WATCHED);
	int received;

	if (facts & FACT_WATCHED && vlen > 0 && readable(vmessages, sizeof(*vmessages))) {
		if (!receive_watched(style, fd, facts, vmessages, vlen, flags, tmo, &received))
			received = receive_singly(style, fd, facts, vmessages, vlen, flags, tmo);
		return received;
	}
	received = style_recvmmsg(style, fd, vmessages, vlen, flags, tmo);
	for (int i = 0; i < received; i++)
		reception_forget_descriptors(&vmessages[i].msg_hdr);
	return received;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo)
{
	return receive_batch(BY_NAME, fd, vmessages, vlen, (int)flags, tmo);
}

EXPORT_TIME64 int __recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo);

EXPORT_TIME64 int __recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo)
{
	return receive_batch(BY_NAME_TIME64, fd, vmessages, vlen, flags, tmo);
}

int own_recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo)
{
	return receive_batch(BY_NUMBER, fd, vmessages, vlen, (int)flags, tmo);
}

int own_recvmmsg_time64(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo)
{
	return receive_batch(BY_NUMBER_TIME64, fd, vmessages, vlen, (int)flags, tmo);
}
