/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "calls.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#define KIND(name, ...)             \
	{                           \
#name, SYS_##name,  \
		{                   \
			__VA_ARGS__ \
		}                   \
	}

/* The first error of each is what a seccomp filter returns most often. */
const struct call_kind call_kinds[] = {
	KIND(bind, EPERM, EADDRINUSE, EACCES, ENOMEM, ENOSYS),
	KIND(close, EPERM, EIO, ENOSYS),
	KIND(connect, EPERM, EAGAIN, EACCES, ENETUNREACH, ENOMEM, ENOSYS),
	KIND(getpeername, EPERM, ENOTCONN, ENOBUFS, EACCES, ENOSYS),
	KIND(getpid, EPERM, ENOSYS),
	KIND(getrandom, EPERM, EAGAIN, ENOSYS),
	KIND(getsockname, EPERM, ENOBUFS, EACCES, ENOSYS),
	KIND(getsockopt, EPERM, ENOPROTOOPT, EINVAL, ENOMEM, EACCES, ENOSYS),
	KIND(kill, EPERM, ESRCH, ENOSYS),
	KIND(madvise, EPERM, EINVAL, ENOMEM, ENOSYS),
	KIND(mmap, EPERM, ENOMEM, EAGAIN, ENOSYS),
	KIND(mprotect, EPERM, ENOMEM, EACCES, ENOSYS),
	KIND(munmap, EPERM, ENOMEM, ENOSYS),
	KIND(openat, EPERM, ENOENT, EMFILE, ENFILE, EACCES, ENOSPC, EINTR, ENOSYS),
#ifdef SYS_poll
	KIND(poll, EPERM, EINTR, ENOMEM, ENOSYS),
#endif
	KIND(ppoll, EPERM, EINTR, ENOMEM, ENOSYS),
	KIND(read, EPERM, EIO, EINTR, ENOMEM, ENOSYS),
	KIND(recvmmsg, EPERM, EACCES, ENOSYS),
	KIND(recvmsg, EPERM, EACCES, ENOSYS),
	KIND(rt_sigpending, EPERM, ENOSYS),
	KIND(rt_sigprocmask, EPERM, EINVAL, ENOSYS),
	KIND(rt_sigtimedwait, EPERM, EAGAIN, ENOSYS),
	KIND(sendmmsg, EPERM, EACCES, ENOSYS),
	KIND(sendmsg, EPERM, EACCES, ENOSYS, EINVAL, ENETUNREACH, EHOSTUNREACH),
	KIND(sendto, EPERM, EAGAIN, ENOBUFS, ECONNREFUSED, ENOENT, ENOSYS),
	KIND(setsockopt, EPERM, ENOPROTOOPT, EINVAL, ENOMEM, EACCES, ENOSYS),
	KIND(socket, EPERM, EMFILE, ENFILE, ENOBUFS, EAFNOSUPPORT, EACCES, ENOSYS),
	KIND(statx, EPERM, ENOMEM, EACCES, ENOSYS),
	KIND(write, EPERM, ENOSPC, EAGAIN, EIO, EPIPE, EFBIG, EINTR, ENOSYS),
};
const size_t call_kind_count = sizeof(call_kinds) / sizeof(call_kinds[0]);

const char *const mode_names[] = {"once", "each of its kind", "all from then on"};

const struct call_kind *call_find(long number)
{
	for (size_t i = 0; i < call_kind_count; i++)
		if (call_kinds[i].number == number)
			return &call_kinds[i];
	return NULL;
}

static bool is_from_filter(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

/* A filter that refuses one call refuses all of its kind, and the library asks again to tell it
 * from a firewall. So an error in the place of the program's own call is the program's if it comes
 * once. And a filter that refuses to repeat the program's call has refused the program, too. */
bool call_may_fail(const struct made *made, int error, enum mode mode)
{
	if (mode == MODE_ONCE)
		return !made->is_replacement;
	if (made->repetition > 0 && is_from_filter(error))
		return false;
	return mode != MODE_ON || is_from_filter(error);
}

#define ERROR(name)         \
	{                   \
#name, name \
	}

static const struct {
	const char *name;
	int number;
} errors[] = {
	ERROR(EACCES),
	ERROR(EADDRINUSE),
	ERROR(EAFNOSUPPORT),
	ERROR(EAGAIN),
	ERROR(ECONNREFUSED),
	ERROR(EFBIG),
	ERROR(EHOSTUNREACH),
	ERROR(EINTR),
	ERROR(EINVAL),
	ERROR(EIO),
	ERROR(EMFILE),
	ERROR(ENETUNREACH),
	ERROR(ENFILE),
	ERROR(ENOBUFS),
	ERROR(ENOENT),
	ERROR(ENOMEM),
	ERROR(ENOPROTOOPT),
	ERROR(ENOSPC),
	ERROR(ENOSYS),
	ERROR(ENOTCONN),
	ERROR(EPERM),
	ERROR(EPIPE),
	ERROR(ESRCH),
};

const char *call_error_name(int number)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == number)
			return errors[i].name;
	return "?";
}

int call_error_number(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	return 0;
}
