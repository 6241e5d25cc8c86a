/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that make descriptors. Each notes what the new descriptor is and overwrites what was
 * noted for an earlier descriptor of the same number. */
#include "attributes.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "listeners/ipv4_lost.h"
#include "sockets/classify.h"

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

/* Notes a new descriptor, unless the call failed. Returns fd. */
static int note(int fd, uint32_t flags)
{
	if (fd >= 0)
		fd_flags_set(fd, flags);
	return fd;
}

EXPORT int socket(int domain, int type, int protocol)
{
	const struct kind kind = {
		.domain = domain,
		.type = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK),
		.protocol = protocol,
	};

	return note(next_socket(domain, type, protocol), classify_new(&kind));
}

static void note_pair(const int fds[2])
{
	note(fds[0], FD_CLASSIFIED);
	note(fds[1], FD_CLASSIFIED);
}

EXPORT int socketpair(int domain, int type, int protocol, int fds[2])
{
	int result = next_socketpair(domain, type, protocol, fds);

	if (result == 0)
		note_pair(fds);
	return result;
}

/* Checks before the call, which may wait for a client that never comes. */
static void check_before_accept(int fd)
{
	if (UNLIKELY(fd_flags(fd) & FD_V4_UNCHECKED))
		ipv4_lost_check(fd);
}

EXPORT int accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict addr_len)
{
	check_before_accept(fd);
	return note(next_accept(fd, addr, addr_len), FD_CLASSIFIED);
}

EXPORT int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict addr_len, int flags)
{
	check_before_accept(fd);
	return note(next_accept4(fd, addr, addr_len, flags), FD_CLASSIFIED);
}

/* A duplicate is what its original is; if not yet classified, it will be under its new number. */
static int note_duplicate(int fd, int fd2)
{
	if (fd2 >= 0 && fd2 != fd)
		fd_flags_duplicate(fd, fd2);
	return fd2;
}

EXPORT int dup(int fd)
{
	return note_duplicate(fd, next_dup(fd));
}

EXPORT int dup2(int fd, int fd2)
{
	return note_duplicate(fd, next_dup2(fd, fd2));
}

EXPORT int dup3(int fd, int fd2, int flags)
{
	return note_duplicate(fd, next_dup3(fd, fd2, flags));
}

static int note_fcntl(int fd, int cmd, int result)
{
	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		note_duplicate(fd, result);
	return result;
}

/* Passes the third argument on as it came, whatever its type and even if there is none. */
EXPORT int fcntl(int fd, int cmd, ...)
{
	va_list args;
	void *arg;

	va_start(args, cmd);
	arg = va_arg(args, void *);
	va_end(args);
	return note_fcntl(fd, cmd, next_fcntl(fd, cmd, arg));
}

/* Not every libc declares it, but programs built with large-file support call it. */
int fcntl64(int fd, int cmd, ...);

EXPORT int fcntl64(int fd, int cmd, ...)
{
	va_list args;
	void *arg;

	va_start(args, cmd);
	arg = va_arg(args, void *);
	va_end(args);
	return note_fcntl(fd, cmd, next_fcntl64(fd, cmd, arg));
}

EXPORT_TIME64 int __fcntl_time64(int fd, int cmd, ...);

EXPORT_TIME64 int __fcntl_time64(int fd, int cmd, ...)
{
	va_list args;
	void *arg;

	va_start(args, cmd);
	arg = va_arg(args, void *);
	va_end(args);
	return note_fcntl(fd, cmd, next_fcntl_time64(fd, cmd, arg));
}

/* Not every libc declares or defines it: glibc has it since 2.36. */
int pidfd_getfd(int pidfd, int targetfd, unsigned int flags);

/* The descriptor comes from another process: flags 0 have it classified at its first use. */
EXPORT int pidfd_getfd(int pidfd, int targetfd, unsigned int flags)
{
	return note(next_pidfd_getfd(pidfd, targetfd, flags), 0);
}
