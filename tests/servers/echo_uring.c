/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Receives and answers through io_uring, so no system call of its own carries a datagram.
 *
 *	echo_uring [-q] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * With -q a thread of the kernel takes the requests from the ring (IORING_SETUP_SQPOLL).
 */
#include "common.h"

#include <errno.h>
#include <liburing.h>
#include <unistd.h>

enum { ENTRIES = 8, IDLE_MS = 1000 };

static void open_ring(struct io_uring *ring, unsigned int flags)
{
	struct io_uring_params params = {.flags = flags, .sq_thread_idle = IDLE_MS};
	int result = io_uring_queue_init_params(ENTRIES, ring, &params);

	errno = -result;
	if (result < 0)
		die("io_uring_queue_init");
}

static struct io_uring_sqe *next_entry(struct io_uring *ring)
{
	struct io_uring_sqe *entry = io_uring_get_sqe(ring);

	errno = 0;
	if (entry == NULL)
		die("io_uring_get_sqe");
	return entry;
}

/* The result of the one entry that is in the ring. */
static size_t complete(struct io_uring *ring, const char *call)
{
	struct io_uring_cqe *done;
	int result = io_uring_submit(ring);

	if (result >= 0)
		result = io_uring_wait_cqe(ring, &done);
	errno = -result;
	if (result < 0)
		die("io_uring, %s", call);
	result = done->res;
	io_uring_cqe_seen(ring, done);
	errno = -result;
	if (result < 0)
		die("%s", call);
	return (size_t)result;
}

int main(int argc, char **argv)
{
	unsigned int flags = 0;
	struct io_uring ring;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "q")) != -1) {
		if (letter == 'q')
			flags = IORING_SETUP_SQPOLL;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	open_ring(&ring, flags);
	ready();
	for (;;) {
		struct letter got = {.len = sizeof(got.text)};
		struct iovec part = {got.text, got.len};
		struct msghdr msg = {
			.msg_name = &got.peer.addr,
			.msg_namelen = sizeof(got.peer.addr),
			.msg_iov = &part,
			.msg_iovlen = 1,
		};

		io_uring_prep_recvmsg(next_entry(&ring), fd, &msg, 0);
		part.iov_len = complete(&ring, "recvmsg");
		io_uring_prep_sendmsg(next_entry(&ring), fd, &msg, 0);
		complete(&ring, "sendmsg");
	}
}
