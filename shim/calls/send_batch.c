/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendmmsg: on a watched socket, each message to a known peer gets its source, and the whole goes
 * to the kernel in one call. The kernel stops at the first message that fails and says only how
 * many went out, so where it stops at one with a source, a second call tells whether that was why.
 */
#include "calls/batch.h"
#include "calls/emission.h"
#include "calls/own.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <errno.h>

enum { SENDMMSG_MAX = 1024 }; /* the kernel's own limit, UIO_MAXIOV */

struct batch {
	int fd;
	int flags;
	uint32_t facts;
	struct mmsghdr *theirs;
	struct mmsghdr *ours;
	unsigned int count;
};

/* What sending theirs takes of a batch's room. */
static size_t measure(const struct msghdr *theirs)
{
	return batch_size(sizeof(struct mmsghdr)) + batch_size(emission_control_size(theirs));
}

/* How many messages from the first on can be copied, and what room they take. */
static unsigned int count_possible(
	const struct mmsghdr *theirs, unsigned int vlen, size_t room, size_t *ret_size)
{
	unsigned int count;

	*ret_size = 0;
	for (count = 0; count < vlen && count < SENDMMSG_MAX; count++) {
		const struct msghdr *msg = &theirs[count].msg_hdr;

		if (!readable(&theirs[count], sizeof(theirs[count])) ||
			*ret_size + measure(msg) > room)
			break;
		*ret_size += measure(msg);
	}
	return count;
}

/* Whether message i of the batch has a source of ours. */
static bool has_source(const struct batch *batch, unsigned int i)
{
	return batch->ours[i].msg_hdr.msg_control != batch->theirs[i].msg_hdr.msg_control;
}

/* Copies all messages, with a source where one is known; false if none is. */
static bool prepare(struct batch *batch, struct batch_room *room)
{
	bool has_any = false;

	for (unsigned int i = 0; i < batch->count; i++) {
		const struct msghdr *theirs = &batch->theirs[i].msg_hdr;
		unsigned char *control = batch_take(room, emission_control_size(theirs));

		if (emission_prepare(
			    batch->fd, batch->facts, theirs, &batch->ours[i].msg_hdr, control))
			has_any = true;
		else
			batch->ours[i] = batch->theirs[i];
	}
	return has_any;
}

/* Sends from message `sent` on, that one without its source, after the kernel failed it with
 * error. */
static int retry(struct batch *batch, unsigned int sent, int error)
{
	int more;

	batch->ours[sent] = batch->theirs[sent];
	more = next_sendmmsg(batch->fd, batch->ours + sent, batch->count - sent, batch->flags);
	if (more > 0)
		emission_forget(batch->fd, batch->facts, &batch->theirs[sent].msg_hdr, error);
	return more;
}

static int send_prepared(struct batch *batch)
{
	int saved_errno = errno;
	unsigned int sent = 0;
	int more;

	do {
		more = next_sendmmsg(
			batch->fd, batch->ours + sent, batch->count - sent, batch->flags);
		if (more < 0 && has_source(batch, sent) && emission_is_refusal(batch->fd, errno))
			more = retry(batch, sent, errno);
		if (more > 0)
			sent += (unsigned int)more;
	} while (more > 0 && sent < batch->count && has_source(batch, sent));
	if (sent == 0)
		return more;
	for (unsigned int i = 0; i < sent; i++)
		batch->theirs[i].msg_len = batch->ours[i].msg_len;
	errno = saved_errno;
	return (int)sent;
}

static bool send_batch(struct batch *batch, int *ret)
{
	struct batch_room room;
	size_t size;
	bool is_sent;

	batch->count = count_possible(batch->theirs, batch->count, SIZE_MAX, &size);
	batch_open(&room, size);
	if (size > room.left)
		batch->count = count_possible(batch->theirs, batch->count, room.left, &size);
	batch->ours = batch_take(&room, batch->count * sizeof(*batch->ours));
	is_sent = prepare(batch, &room);
	if (is_sent)
		*ret = send_prepared(batch);
	batch_close(&room);
	return is_sent;
}

EXPORT int sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags)
{
	struct batch batch = {
		.fd = fd,
		.flags = (int)flags,
		.facts = sockets_facts(fd, FACT_OPEN),
		.theirs = vmessages,
		.count = vlen,
	};
	int sent;

	if (batch.facts & FACT_OPEN && send_batch(&batch, &sent))
		return sent;
	return next_sendmmsg(fd, vmessages, vlen, (int)flags);
}

int own_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags)
	ALIAS_OF(sendmmsg);
