/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg: on a watched socket, as many rx as the kernel fills in one call. */
#include "attributes.h"
#include "calls/batch.h"
#include "calls/entry.h"
#include "calls/first_use.h"
#include "calls/syscall.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "replies/rx.h"
#include "runtime/readable.h"

#include <errno.h>

/* The buffer space needed to receive one message. */
static size_t measure(const struct msghdr *app_msg)
{
	return batch_size(sizeof(struct mmsghdr)) + batch_size(sizeof(struct sockaddr_in6)) +
	       batch_size(rx_control_size(app_msg));
}

/* How many messages, from the first on, can be read, and the buffer space for receiving them. */
static unsigned int count_readable(
	const struct mmsghdr *app_msgs, unsigned int vlen, size_t *ret_size)
{
	/* A 32-bit program may pass a length that its memory could not hold. */
	uint64_t wanted = (uint64_t)vlen * sizeof(*app_msgs);
	size_t len = wanted < SIZE_MAX ? (size_t)wanted : SIZE_MAX;
	unsigned int end = (unsigned int)(readable_count(app_msgs, len) / sizeof(*app_msgs));
	unsigned int count;

	*ret_size = batch_size(sizeof(*app_msgs)); /* for end_batch */
	for (count = 0; count < end; count++) {
		size_t size = measure(&app_msgs[count].msg_hdr);

		/* No memory is that large, so batch_open will fail. */
		if (UNLIKELY(size > PTRDIFF_MAX - *ret_size))
			break;
		*ret_size += size;
	}
	return count;
}

/* If the program's batch runs into unreadable memory, the kernel fails there with EFAULT and
 * reports it by the next call. It does the same for unreadable vectors, so end the batch with a
 * message that has those. */
static unsigned int end_batch(
	const struct mmsghdr *app_msgs, struct mmsghdr *msgs, unsigned int count, unsigned int vlen)
{
	if (count == vlen || readable(&app_msgs[count], sizeof(app_msgs[count])))
		return count;
	msgs[count] = (struct mmsghdr){.msg_hdr = {.msg_iov = NULL, .msg_iovlen = 1}};
	return count + 1;
}

/* Prepares the messages for the kernel, with names and control data in the buffer. */
static void prepare(const struct mmsghdr *app_msgs, struct mmsghdr *msgs, unsigned int count,
	struct batch_buffer *buffer)
{
	for (unsigned int i = 0; i < count; i++) {
		struct rx rx = {.msg = &msgs[i].msg_hdr};

		rx.name = batch_take(buffer, sizeof(*rx.name));
		rx.control = batch_take(buffer, rx_control_size(&app_msgs[i].msg_hdr));
		rx_prepare(&rx, &app_msgs[i].msg_hdr);
	}
}

static void deliver(
	int fd, struct mmsghdr *msgs, struct mmsghdr *app_msgs, int count, int call_flags)
{
	uint32_t flags = rx_app_flags(fd, fd_flags(fd));
	uint32_t socket = fd_socket_id(fd), now_s = impl_now_s();

	for (int i = 0; i < count; i++) {
		const struct rx rx = {.msg = &msgs[i].msg_hdr};

		rx_deliver(&rx, fd, flags, socket, &app_msgs[i].msg_hdr, call_flags, now_s);
		app_msgs[i].msg_len = msgs[i].msg_len;
	}
}

/* False, with nothing done, if there is no memory for the batch. */
NOINLINE static bool receive_watched(enum entry entry, int fd, struct mmsghdr *app_msgs,
	unsigned int vlen, int flags, struct timespec *tmo, int *ret)
{
	struct batch_buffer buffer;
	struct mmsghdr *msgs;
	size_t size;
	unsigned int count = count_readable(app_msgs, vlen, &size);
	unsigned int failed;
	int received;

	if (!batch_open(&buffer, size))
		return false;
	msgs = batch_take(&buffer, (count + 1) * sizeof(*msgs));
	prepare(app_msgs, msgs, count, &buffer);
	received =
		entry_recvmmsg(entry, fd, msgs, end_batch(app_msgs, msgs, count, vlen), flags, tmo);
	if (received > 0)
		deliver(fd, msgs, app_msgs, received, flags);
	failed = received > 0 ? (unsigned int)received : 0;
	if (failed < count)
		rx_return_namelen(&msgs[failed].msg_hdr, &app_msgs[failed].msg_hdr);
	batch_close(&buffer);
	*ret = received;
	return true;
}

/* Receives one message after the other, as the kernel itself does (net/socket.c, do_recvmmsg); the
 * kernel updates the timeout each time. An error after the first message is lost here, where the
 * kernel would report it by the next call. */
COLD static int receive_singly(enum entry entry, int fd, struct mmsghdr *app_msgs,
	unsigned int vlen, int flags, struct timespec *tmo)
{
	int saved_errno = errno;
	unsigned int received = 0;
	int more = 0;

	do {
		if (!receive_watched(entry, fd, app_msgs + received, 1, flags, tmo, &more) ||
			more <= 0)
			break;
		received++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
	} while (received < vlen && !entry_is_over(entry, tmo));
	if (received == 0)
		return more;
	errno = saved_errno;
	return (int)received;
}

HOT_INLINE int receive_batch(enum entry entry, int fd, struct mmsghdr *vmessages, unsigned int vlen,
	int flags, struct timespec *tmo)
{
	int received;

	if (first_use_before_receive(fd) & FD_WATCHED && vlen > 0 &&
		readable(vmessages, sizeof(*vmessages))) {
		if (!receive_watched(entry, fd, vmessages, vlen, flags, tmo, &received))
			received = receive_singly(entry, fd, vmessages, vlen, flags, tmo);
		return received;
	}
	received = entry_recvmmsg(entry, fd, vmessages, vlen, flags, tmo);
	for (int i = 0; i < received; i++)
		if (rx_needs_check(&vmessages[i].msg_hdr))
			rx_check(fd, &vmessages[i].msg_hdr);
	return received;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo)
{
	return receive_batch(ENTRY_NAME, fd, vmessages, vlen, (int)flags, tmo);
}

EXPORT_TIME64 int __recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo);

EXPORT_TIME64 int __recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo)
{
	return receive_batch(ENTRY_NAME_TIME64, fd, vmessages, vlen, flags, tmo);
}

int syscall_recvmmsg(long number, int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags,
	struct timespec *tmo)
{
	if (number == SYS_recvmmsg)
		return receive_batch(ENTRY_SYSCALL, fd, vmessages, vlen, flags, tmo);
	return receive_batch(ENTRY_SYSCALL_TIME64, fd, vmessages, vlen, flags, tmo);
}
