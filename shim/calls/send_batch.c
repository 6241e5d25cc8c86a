/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sendmmsg: each message to a known peer gets its source, and the whole batch goes to the kernel in
 * one call. The kernel stops at the first message that fails; if it has sent others before, it
 * returns only their number and the error is lost. If it stops at a message with a source,
 * tx_is_refused finds out whether the source is the reason; if not, the program gets the kernel's
 * result.
 */
#include "attributes.h"
#include "calls/batch.h"
#include "calls/entry.h"
#include "calls/first_use.h"
#include "calls/syscall.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "replies/tx.h"
#include "runtime/readable.h"

#include <errno.h>

enum { SENDMMSG_MAX = 1024 }; /* the kernel's own limit, UIO_MAXIOV */

struct batch {
	enum entry entry;
	struct tx_socket socket;
	int call_flags;
	struct mmsghdr *app_msgs;
	struct mmsghdr *msgs;
	unsigned int count;
};

/* The buffer space needed to send one message. */
static size_t measure(const struct msghdr *app_msg)
{
	return batch_size(sizeof(struct mmsghdr)) + batch_size(tx_control_size(app_msg));
}

/* How many messages, from the first on, can be copied, and the buffer space for them. */
static unsigned int count_possible(
	const struct mmsghdr *app_msgs, unsigned int vlen, size_t *ret_size)
{
	unsigned int count, end;

	if (vlen > SENDMMSG_MAX)
		vlen = SENDMMSG_MAX;
	end = (unsigned int)(readable_count(app_msgs, vlen * sizeof(*app_msgs)) /
			     sizeof(*app_msgs));
	*ret_size = 0;
	for (count = 0; count < end; count++)
		*ret_size += measure(&app_msgs[count].msg_hdr);
	return count;
}

/* Whether this library added a source to message i of the batch. */
static bool has_source(const struct batch *batch, unsigned int i)
{
	return batch->msgs[i].msg_hdr.msg_control != batch->app_msgs[i].msg_hdr.msg_control;
}

/* Copies all messages and adds the sources that are known. False if none is known. */
static bool prepare(struct batch *batch, struct batch_buffer *buffer)
{
	const struct mmsghdr *app_msgs = batch->app_msgs, *end = app_msgs + batch->count;
	bool has_any = false;

	for (struct mmsghdr *msgs = batch->msgs; app_msgs < end; app_msgs++, msgs++) {
		unsigned char *control = batch_take(buffer, tx_control_size(&app_msgs->msg_hdr));

		if (tx_prepare(&batch->socket, &app_msgs->msg_hdr, &msgs->msg_hdr, control))
			has_any = true;
		else
			*msgs = *app_msgs;
	}
	return has_any;
}

/* Whether the kernel stopped at message i because of its source. error is the errno of the call, 0
 * if it succeeded in part. */
static bool is_refused(const struct batch *batch, unsigned int i, int error, struct refusal *ret)
{
	return i < batch->count && has_source(batch, i) &&
	       tx_is_refused(batch->socket.fd, &batch->msgs[i].msg_hdr, error, ret);
}

static int send_prepared(struct batch *batch)
{
	int saved_errno = errno;
	unsigned int sent = 0;
	bool has_refused = false; /* the source of message `sent`, which has none now */
	struct refusal refusal;
	int more;

	do {
		more = entry_sendmmsg(batch->entry, batch->socket.fd, batch->msgs + sent,
			batch->count - sent, batch->call_flags);
		if (more > 0 && has_refused)
			tx_forget(batch->socket.fd, batch->socket.flags,
				&batch->app_msgs[sent].msg_hdr, &refusal);
		if (more > 0)
			sent += (unsigned int)more;
		has_refused = is_refused(batch, sent, more < 0 ? errno : 0, &refusal);
		if (has_refused)
			batch->msgs[sent] = batch->app_msgs[sent];
	} while (has_refused);
	if (sent == 0)
		return more;
	for (unsigned int i = 0; i < sent; i++)
		batch->app_msgs[i].msg_len = batch->msgs[i].msg_len;
	errno = saved_errno;
	return (int)sent;
}

enum outcome { SENT, NO_SOURCE, NO_MEMORY };

/* Sends all messages that can be copied, if at least one has a source and there is memory for all.
 * Otherwise does nothing. */
NOINLINE static enum outcome send_batch(struct batch *batch, int *ret)
{
	struct batch_buffer buffer;
	size_t size;
	bool has_any;

	batch->count = count_possible(batch->app_msgs, batch->count, &size);
	if (!batch_open(&buffer, size))
		return NO_MEMORY;
	batch->msgs = batch_take(&buffer, batch->count * sizeof(*batch->msgs));
	has_any = prepare(batch, &buffer);
	if (has_any)
		*ret = send_prepared(batch);
	batch_close(&buffer);
	return has_any ? SENT : NO_SOURCE;
}

/* Sends one message after the other, stopping at the first failure, as the kernel does. */
COLD static int send_singly(const struct batch *batch)
{
	int saved_errno = errno;
	unsigned int sent = 0;
	int more;

	do {
		struct batch one = *batch;

		one.app_msgs += sent;
		one.count = 1;
		if (send_batch(&one, &more) != SENT)
			more = entry_sendmmsg(
				one.entry, one.socket.fd, one.app_msgs, 1, one.call_flags);
		if (more > 0)
			sent++;
	} while (more > 0 && sent < batch->count);
	if (sent == 0)
		return more;
	errno = saved_errno;
	return (int)sent;
}

HOT_INLINE int send_messages(
	enum entry entry, int fd, struct mmsghdr *vmessages, unsigned int vlen, int call_flags)
{
	struct batch batch = {
		.entry = entry,
		.socket = {.fd = fd},
		.call_flags = call_flags,
		.app_msgs = vmessages,
		.count = vlen,
	};
	enum outcome outcome = NO_SOURCE;
	int sent;

	batch.socket.flags = first_use_before_send(fd, &batch.socket.socket);
	if (batch.socket.flags & FD_SELECTS)
		outcome = send_batch(&batch, &sent);
	if (outcome == NO_SOURCE)
		return entry_sendmmsg(entry, fd, vmessages, vlen, call_flags);
	return outcome == SENT ? sent : send_singly(&batch);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags)
{
	return send_messages(ENTRY_NAME, fd, vmessages, vlen, (int)flags);
}

EXPORT_TIME64 int __sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);

EXPORT_TIME64 int __sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	return send_messages(ENTRY_NAME_TIME64, fd, vmessages, vlen, flags);
}

int syscall_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	return send_messages(ENTRY_SYSCALL, fd, vmessages, vlen, flags);
}
