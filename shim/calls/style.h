/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the program made a call is how we go on to the kernel: by the function's name, by its second
 * name for a time_t of 64 bits (sys/time64.h) or, through syscall, by its number. libc's functions
 * are cancellation points and libc's syscall is none, so neither can stand for the other; and to
 * forbid cancellation meanwhile would outlast a handler that jumps out of the call.
 */
#ifndef CALLS_STYLE_H
#define CALLS_STYLE_H

#include "core/attributes.h"
#include "sys/next.h"
#include "sys/numbers.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* Known wherever the functions below are inlined; gcc, which works that out late, would take what
 * follows for rare if it were not told. */
enum style {
	BY_NAME,
	BY_NAME_TIME64,
	BY_NUMBER,
	BY_NUMBER_TIME64, /* recvmmsg has two, for the two forms of its timeout */
};

ON_THE_WAY int style_connect(
	enum style style, int fd, const struct sockaddr *addr, socklen_t addr_len)
{
	if (LIKELY(style == BY_NAME))
		return next_connect(fd, addr, addr_len);
	return (int)next_syscall(SYS_connect, fd, (long)addr, addr_len, 0, 0, 0);
}

/* These two are not led to by number. */
static inline int style_setsockopt(
	enum style style, int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	if (style == BY_NAME_TIME64)
		return next_setsockopt64(fd, level, optname, optval, optlen);
	return next_setsockopt(fd, level, optname, optval, optlen);
}

static inline int style_getsockopt(
	enum style style, int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	if (style == BY_NAME_TIME64)
		return next_getsockopt64(fd, level, optname, optval, optlen);
	return next_getsockopt(fd, level, optname, optval, optlen);
}

ON_THE_WAY ssize_t style_recvfrom(enum style style, int fd, void *buf, size_t n, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	if (LIKELY(style == BY_NAME))
		return next_recvfrom(fd, buf, n, flags, addr, addr_len);
	return next_syscall(
		SYS_recvfrom, fd, (long)buf, (long)n, flags, (long)addr, (long)addr_len);
}

ON_THE_WAY int style_recvmmsg(enum style style, int fd, struct mmsghdr *vmessages,
	unsigned int vlen, int flags, struct timespec *tmo)
{
	if (LIKELY(style == BY_NAME))
		return next_recvmmsg(fd, vmessages, vlen, flags, tmo);
	if (style == BY_NAME_TIME64)
		return next_recvmmsg64(fd, vmessages, vlen, flags, tmo);
	return (int)next_syscall(style == BY_NUMBER ? SYS_recvmmsg : SYS_recvmmsg_time64, fd,
		(long)vmessages, vlen, flags, (long)tmo, 0);
}

/* Whether the timeout of a recvmmsg, as the kernel has left it, is over. By number it has the
 * kernel's form, which need not be libc's on machines of 32 bits. */
static inline bool style_is_over(enum style style, const struct timespec *tmo)
{
	static const size_t sizes[] = {
		[BY_NAME] = sizeof(*tmo),
		[BY_NAME_TIME64] = 2 * sizeof(int64_t),
		[BY_NUMBER] = 2 * sizeof(long),
		[BY_NUMBER_TIME64] = 2 * sizeof(int64_t),
	};
	const int64_t over[2] = {0};

	return tmo != NULL && memcmp(tmo, over, sizes[style]) == 0;
}

ON_THE_WAY ssize_t style_recvmsg(enum style style, int fd, struct msghdr *message, int flags)
{
	if (LIKELY(style == BY_NAME))
		return next_recvmsg(fd, message, flags);
	if (style == BY_NAME_TIME64)
		return next_recvmsg64(fd, message, flags);
	return next_syscall(SYS_recvmsg, fd, (long)message, flags, 0, 0, 0);
}

ON_THE_WAY int style_sendmmsg(
	enum style style, int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	if (LIKELY(style == BY_NAME))
		return next_sendmmsg(fd, vmessages, vlen, flags);
	if (style == BY_NAME_TIME64)
		return next_sendmmsg64(fd, vmessages, vlen, flags);
	return (int)next_syscall(SYS_sendmmsg, fd, (long)vmessages, vlen, flags, 0, 0);
}

ON_THE_WAY ssize_t style_sendmsg(enum style style, int fd, const struct msghdr *message, int flags)
{
	if (LIKELY(style == BY_NAME))
		return next_sendmsg(fd, message, flags);
	if (style == BY_NAME_TIME64)
		return next_sendmsg64(fd, message, flags);
	return next_syscall(SYS_sendmsg, fd, (long)message, flags, 0, 0, 0);
}

ON_THE_WAY ssize_t style_sendto(enum style style, int fd, const void *buf, size_t n, int flags,
	const struct sockaddr *addr, socklen_t addr_len)
{
	if (LIKELY(style == BY_NAME))
		return next_sendto(fd, buf, n, flags, addr, addr_len);
	return next_syscall(SYS_sendto, fd, (long)buf, (long)n, flags, (long)addr, addr_len);
}

#endif
