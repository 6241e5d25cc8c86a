/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * syscall, for programs known to make interposed calls by number: recvmmsg and sendmmsg (libuv up
 * to 1.44, and through it BIND and Node), seccomp and prctl (libseccomp, OpenSSH). libc's syscall
 * returns and fails as libc's functions do. Sockets on which a program makes other receive calls by
 * number are not watched, so it never sees a PKTINFO message of this library.
 */
#include "calls/syscall.h"
#include "attributes.h"
#include "calls/filter.h"
#include "libc/next.h"
#include "libc/platform.h"

#include <stdarg.h>
#include <unistd.h>

/* Passes the arguments on as they came, however many there are: reads all, as libc does, and
 * AddressSanitizer takes what lies beyond a caller's for a fault. */
NO_ASAN EXPORT long syscall(long number, ...)
{
	long arg[SANDBOX_ARGS];
	struct filter_call call;
	va_list args;

	va_start(args, number);
	for (int i = 0; i < SANDBOX_ARGS; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	switch (number) {
	case SYS_recvmmsg:
	case SYS_recvmmsg_time64:
		return syscall_recvmmsg(number, (int)arg[0], (struct mmsghdr *)arg[1],
			(unsigned int)arg[2], (int)arg[3], (struct timespec *)arg[4]);
	case SYS_sendmmsg:
		return syscall_sendmmsg(
			(int)arg[0], (struct mmsghdr *)arg[1], (unsigned int)arg[2], (int)arg[3]);
	default:
		break;
	}
	if (!filter_is_installed_by(number, arg, &call))
		return next_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	filter_begin(&call);
	return filter_end(
		&call, next_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]));
}
