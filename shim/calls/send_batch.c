/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendmmsg: on a watched socket, each message to a known peer gets its source, and the whole goes
 * to the kernel in one call. The kernel stops at the first message that fails and, if others went
 * out before it, says only how many: the error is lost. So where it stops at a message with a
 * source it is asked whether that is why; if not, the program gets what the kernel said.
 */
#include "calls/batch.h"
#include "calls/emission.h"
#include "calls/own.h"
#include "calls/style.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"
#include "sys/time64.h"

#include <errno.h>

enum { SENDMMSG_MAX = 1024 }; /* the kernel's own limit, UIO_MAXIOV */

struct batch {
	enum style style;
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
	const struct mmsghdr *theirs, unsigned int vlen, size_t *ret_size)
{
	unsigned int count;

	*ret_size = 0;
	for (count = 0; count < vlen && count < SENDMMSG_MAX; count++) {
		if (!readable(&theirs[count], sizeof(theirs[count])))
			break;
		*ret_size += measure(&theirs[count].msg_hdr);
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

/* The error with which the kernel refuses the source of message i, where it has stopped; 0 if it
 * has one of its own, or none. error is what it failed with, if it said so. */
static int ask_refusal(const struct batch *batch, unsigned int i, int error)
{
	if (i == batch->count || !has_source(batch, i))
		return 0;
	return emission_ask_refusal(batch->fd, &batch->ours[i].msg_hdr, error);
}

static int send_prepared(struct batch *batch)
{
	int saved_errno = errno;
	unsigned int sent = 0;
	int refusal = 0; /* of the source of message `sent`, which is without it now */
	int more;

	do {
		more = style_sendmmsg(batch->style, batch->fd, batch->ours + sent,
			batch->count - sent, batch->flags);
		if (more > 0 && refusal != 0)
			emission_forget(
				batch->fd, batch->facts, &batch->theirs[sent].msg_hdr, refusal);
		if (more > 0)
			sent += (unsigned int)more;
		refusal = ask_refusal(batch, sent, more < 0 ? errno : 0);
		if (refusal != 0)
			batch->ours[sent] = batch->theirs[sent];
	} while (refusal != 0);
	if (sent == 0)
		return more;
	for (unsigned int i = 0; i < sent; i++)
		batch->theirs[i].msg_len = batch->ours[i].msg_len;
	errno = saved_errno;
	return (int)sent;
}

enum outcome { SENT, NO_SOURCE, NO_ROOM };

/* Sends all that can be copied, if there is a source for any of it and room for all; nothing is
 * done otherwise. */
OWN_FRAME static enum outcome send_batch(struct batch *batch, int *ret)
{
	struct batch_room room;
	size_t size;
	bool has_any;

	batch->count = count_possible(batch->theirs, batch->count, &size);
	if (!batch_open(&room, size))
		return NO_ROOM;
	batch->ours = batch_take(&room, batch->count * sizeof(*batch->ours));
	has_any = prepare(batch, &room);
	if (has_any)
		*ret = send_prepared(batch);
	batch_close(&room);
	return has_any ? SENT : NO_SOURCE;
}

/* The kernel, too, goes from message to message and stops at the first that fails. */
OFF_THE_WAY static int send_singly(const struct batch *batch)
{
	int saved_errno = errno;
	unsigned int sent = 0;
	int more;

	do {
		struct batch one = *batch;

		one.theirs += sent;
		one.count = 1;
		if (send_batch(&one, &more) != SENT)
			more = style_sendmmsg(one.style, one.fd, one.theirs, 1, one.flags);
		if (more > 0)
			sent++;
	} while (more > 0 && sent < batch->count);
	if (sent == 0)
		return more;
	errno = saved_errno;
	return (int)sent;
}

ON_THE_WAY int send_messages(
	enum style style, int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	struct batch batch = {
		.style = style,
		.fd = fd,
		.flags = flags,
		.facts = sockets_facts(fd, FACT_OPEN),
		.theirs = vmessages,
		.count = vlen,
	};
	enum outcome outcome = NO_SOURCE;
	int sent;

	if (batch.facts & FACT_OPEN)
		outcome = send_batch(&batch, &sent);
	if (outcome == NO_SOURCE)
		return style_sendmmsg(style, fd, vmessages, vlen, flags);
	return outcome == SENT ? sent : send_singly(&batch);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags)
{
	return send_messages(BY_NAME, fd, vmessages, vlen, (int)flags);
}

EXPORT_TIME64 int __sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);

EXPORT_TIME64 int __sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	return send_messages(BY_NAME_TIME64, fd, vmessages, vlen, flags);
}

int own_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags)
{
	return send_messages(BY_NUMBER, fd, vmessages, vlen, (int)flags);
}
