/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls the kernel the way the program called us: by the function's name, by its second name for a
 * 64-bit time_t (libc/platform.h) or, for recvmmsg and sendmmsg, by system call number through
 * syscall. libc's functions are cancellation points and libc's syscall is not, so neither can
 * replace the other. Disabling cancellation around the call is no way out: it would outlast a
 * handler that jumps out of the call.
 */
#ifndef CALLS_ENTRY_H
#define CALLS_ENTRY_H

#include "attributes.h"
#include "libc/next.h"
#include "libc/platform.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* A constant wherever the functions below are inlined. gcc finds that out late and, without LIKELY,
 * treats the code after the test as rare. */
enum entry {
	ENTRY_NAME,
	ENTRY_NAME_TIME64,
	ENTRY_SYSCALL,
	ENTRY_SYSCALL_TIME64, /* recvmmsg has two numbers, for the two forms of its timeout */
};

static inline int entry_setsockopt(
	enum entry entry, int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	if (entry == ENTRY_NAME_TIME64)
		return next_setsockopt64(fd, level, optname, optval, optlen);
	return next_setsockopt(fd, level, optname, optval, optlen);
}

static inline int entry_getsockopt(
	enum entry entry, int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	if (entry == ENTRY_NAME_TIME64)
		return next_getsockopt64(fd, level, optname, optval, optlen);
	return next_getsockopt(fd, level, optname, optval, optlen);
}

HOT_INLINE int entry_recvmmsg(enum entry entry, int fd, struct mmsghdr *vmessages,
	unsigned int vlen, int flags, struct timespec *tmo)
{
	if (LIKELY(entry == ENTRY_NAME))
		return next_recvmmsg(fd, vmessages, vlen, flags, tmo);
	if (entry == ENTRY_NAME_TIME64)
		return next_recvmmsg64(fd, vmessages, vlen, flags, tmo);
	return (int)next_syscall(entry == ENTRY_SYSCALL ? SYS_recvmmsg : SYS_recvmmsg_time64, fd,
		(long)vmessages, vlen, flags, (long)tmo, 0);
}

/* Whether the timeout of a recvmmsg, as updated by the kernel, has expired. By number it has the
 * kernel's form, which may differ from libc's on 32-bit machines. */
static inline bool entry_is_over(enum entry entry, const struct timespec *tmo)
{
	static const size_t sizes[] = {
		[ENTRY_NAME] = sizeof(*tmo),
		[ENTRY_NAME_TIME64] = 2 * sizeof(int64_t),
		[ENTRY_SYSCALL] = 2 * sizeof(long),
		[ENTRY_SYSCALL_TIME64] = 2 * sizeof(int64_t),
	};
	const int64_t over[2] = {0};

	return tmo != NULL && memcmp(tmo, over, sizes[entry]) == 0;
}

HOT_INLINE ssize_t entry_recvmsg(enum entry entry, int fd, struct msghdr *message, int flags)
{
	if (LIKELY(entry == ENTRY_NAME))
		return next_recvmsg(fd, message, flags);
	return next_recvmsg64(fd, message, flags);
}

HOT_INLINE int entry_sendmmsg(
	enum entry entry, int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	if (LIKELY(entry == ENTRY_NAME))
		return next_sendmmsg(fd, vmessages, vlen, flags);
	if (entry == ENTRY_NAME_TIME64)
		return next_sendmmsg64(fd, vmessages, vlen, flags);
	return (int)next_syscall(SYS_sendmmsg, fd, (long)vmessages, vlen, flags, 0, 0);
}

HOT_INLINE ssize_t entry_sendmsg(enum entry entry, int fd, const struct msghdr *message, int flags)
{
	if (LIKELY(entry == ENTRY_NAME))
		return next_sendmsg(fd, message, flags);
	return next_sendmsg64(fd, message, flags);
}

#endif
