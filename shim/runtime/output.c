/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals are blocked while a line is written. Blocking SIGTTOU lets a background job write to its
 * terminal (tty_ioctl(4)); a SIGPIPE or SIGXFSZ raised by the write is consumed before the signal
 * is unblocked. Sockets need none of this, because send(2) has flags for it. */
#include "runtime/output.h"

#include "runtime/impl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/un.h>

/* struct statx of linux/stat.h, which not every C library provides. */
struct statx_time {
	int64_t s;
	uint32_t ns;
	int32_t reserved;
};
struct statx_result {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, reserved1;
	uint64_t ino, size, blocks, attributes_mask;
	struct statx_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t reserved2[14];
};
enum { WANT_TYPE = 0x1, WANT_INO = 0x100, WANT_BTIME = 0x800, EMPTY_PATH = 0x1000 };
enum { TYPE_MASK = 0170000, TYPE_FILE = 0100000, TYPE_SOCKET = 0140000 };

static enum output_kind find_kind(int fd, unsigned int mode)
{
	int domain = AF_UNSPEC;

	if ((mode & TYPE_MASK) == TYPE_FILE)
		return OUTPUT_FILE;
	if ((mode & TYPE_MASK) != TYPE_SOCKET)
		return OUTPUT_OTHER;
	return impl_get_option(fd, SOL_SOCKET, SO_DOMAIN, &domain) && domain == AF_UNIX
		       ? OUTPUT_SOCKET
		       : OUTPUT_CONNECTION;
}

bool output_identify(int fd, struct output *ret)
{
	struct statx_result file;

	memset(&file, 0, sizeof(file));
	if (IMPL_SYSCALL(SYS_statx, fd, (long)"", EMPTY_PATH, WANT_TYPE | WANT_INO | WANT_BTIME,
		    (long)&file) != 0)
		return false;
	*ret = (struct output){
		.kind = find_kind(fd, file.mode),
		.device_major = file.dev_major,
		.device_minor = file.dev_minor,
		.inode = file.ino,
	};
	if (file.mask & WANT_BTIME) {
		ret->birth_s = file.btime.s;
		ret->birth_ns = file.btime.ns;
	}
	return true;
}

bool output_is_same(const struct output *a, const struct output *b)
{
	return a->kind == b->kind && a->device_major == b->device_major &&
	       a->device_minor == b->device_minor && a->inode == b->inode &&
	       a->birth_s == b->birth_s && a->birth_ns == b->birth_ns;
}

/* The kernel's sigset_t, which is shorter than libc's on every machine except MIPS. */
struct signals {
	unsigned long words[64 / (CHAR_BIT * sizeof(long))];
};

static void add(struct signals *set, int signal)
{
	const int bits = CHAR_BIT * sizeof(long);

	set->words[(signal - 1) / bits] |= 1UL << (signal - 1) % bits;
}

static bool has(const struct signals *set, int signal)
{
	const int bits = CHAR_BIT * sizeof(long);

	return set->words[(signal - 1) / bits] >> (signal - 1) % bits & 1;
}

/* A signal already pending is the program's. Only a signal that it blocks itself can be pending. */
static bool was_pending(int signal, const struct signals *blocked)
{
	struct signals pending = {{0}};

	if (!has(blocked, signal))
		return false;
	return IMPL_SYSCALL(SYS_rt_sigpending, (long)&pending, sizeof(pending)) == 0 &&
	       has(&pending, signal);
}

static const struct signals none;
/* A zero timeout, in 32 or 64 bits. */
static const int64_t at_once[2];

/* Consumes a signal that our write has raised. */
static void take_back(int signal)
{
	struct signals set = {{0}};

	add(&set, signal);
	while (IMPL_SYSCALL(SYS_rt_sigtimedwait, (long)&set, 0, (long)at_once, sizeof(set)) ==
		-EINTR)
		;
}

static int set_mask(int how, const struct signals *set, struct signals *ret_before)
{
	return (int)IMPL_SYSCALL(
		SYS_rt_sigprocmask, how, (long)set, (long)ret_before, sizeof(*set));
}

/* Whether the filters allow all of write_blocked: stopping half way would do harm. */
static bool may_write(int fd, const char *line, size_t len)
{
	return sandbox_allows(SYS_write, IMPL_ARGS(fd, (long)line, (long)len)) &&
	       sandbox_allows(SYS_rt_sigtimedwait,
		       IMPL_ARGS((long)&none, 0, (long)at_once, sizeof(none))) &&
	       sandbox_allows(
		       SYS_rt_sigprocmask, IMPL_ARGS(SIG_SETMASK, (long)&none, 0, sizeof(none))) &&
	       sandbox_allows(SYS_rt_sigprocmask,
		       IMPL_ARGS(SIG_BLOCK, (long)&none, (long)&none, sizeof(none)));
}

static int write_blocked(int fd, const char *line, size_t len)
{
	struct signals raised = {{0}}, before = {{0}};
	bool had_pipe, had_size;
	long result;

	if (!may_write(fd, line, len))
		return -EPERM;
	add(&raised, SIGPIPE);
	add(&raised, SIGXFSZ);
	add(&raised, SIGTTOU);
	result = set_mask(SIG_BLOCK, &raised, &before);
	if (result != 0)
		return (int)result;
	had_pipe = was_pending(SIGPIPE, &before);
	had_size = was_pending(SIGXFSZ, &before);
	result = IMPL_SYSCALL(SYS_write, fd, (long)line, (long)len);
	if (result == -EPIPE && !had_pipe)
		take_back(SIGPIPE);
	if (result == -EFBIG && !had_size)
		take_back(SIGXFSZ);
	set_mask(SIG_SETMASK, &before, NULL);
	return result < 0 ? (int)result : 0;
}

static bool can_take_a_line(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	long count = IMPL_SYSCALL(SYS_ppoll, (long)&ready, 1, (long)at_once, 0, 0);

	if (count == -EPERM)
		count = IMPL_SYSCALL(SYS_poll, (long)&ready, 1, 0);
	return count == 1 && (ready.revents & POLLOUT) != 0;
}

int output_write(int fd, enum output_kind kind, const char *line, size_t len)
{
	long result;

	switch (kind) {
	case OUTPUT_SOCKET:
		result = IMPL_SYSCALL(
			SYS_sendto, fd, (long)line, (long)len, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
		return result < 0 ? (int)result : 0;
	case OUTPUT_CONNECTION:
		return -ENOTSUP;
	case OUTPUT_OTHER:
		if (!can_take_a_line(fd))
			return -EAGAIN;
		break;
	case OUTPUT_FILE:
		break;
	}
	return write_blocked(fd, line, len);
}

int output_send(const char *path, const char *message, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = impl_socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	long result;

	if (fd < 0)
		return fd;
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	result = IMPL_SYSCALL(SYS_sendto, fd, (long)message, (long)len, MSG_NOSIGNAL | MSG_DONTWAIT,
		(long)&address, sizeof(address));
	impl_close(fd);
	return result < 0 ? (int)result : 0;
}
