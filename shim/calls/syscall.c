/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * syscall, for programs that make the calls of datagrams by number (libuv up to 1.44 does, and
 * with it BIND and Node). libc's syscall and libc's functions return and fail in the same way, so
 * the numbers of these calls are led to our definitions.
 * Calls that make descriptors go to the kernel as they are (libc's functions of these names may do
 * more than the call), and what they have made is noted. SYS_socketcall, by which i386's libc made
 * all of these before Linux 4.3, is let by.
 */
#include "calls/own.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/numbers.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

enum { ARGS = 6 };

/* Whether there is a definition of ours for this call. */
static bool is_ours(long number)
{
	switch (number) {
	case SYS_bind:
	case SYS_connect:
	case SYS_recvfrom:
	case SYS_recvmmsg:
	case SYS_recvmmsg_time64:
	case SYS_recvmsg:
	case SYS_sendmmsg:
	case SYS_sendmsg:
	case SYS_sendto:
	case SYS_socket:
		return true;
	default:
		return false;
	}
}

static long lead(long number, const long arg[ARGS])
{
	int fd = (int)arg[0];
	void *at = (void *)arg[1];

	switch (number) {
	case SYS_bind:
		return own_bind(fd, at, (socklen_t)arg[2]);
	case SYS_connect:
		return own_connect(fd, at, (socklen_t)arg[2]);
	case SYS_recvfrom:
		return own_recvfrom(fd, at, (size_t)arg[2], (int)arg[3], (struct sockaddr *)arg[4],
			(socklen_t *)arg[5]);
	case SYS_recvmmsg:
		return own_recvmmsg(fd, at, (unsigned int)arg[2], (mmsg_flags_t)arg[3],
			(struct timespec *)arg[4]);
	case SYS_recvmmsg_time64:
		return own_recvmmsg_time64(fd, at, (unsigned int)arg[2], (mmsg_flags_t)arg[3],
			(struct timespec *)arg[4]);
	case SYS_recvmsg:
		return own_recvmsg(fd, at, (int)arg[2]);
	case SYS_sendmmsg:
		return own_sendmmsg(fd, at, (unsigned int)arg[2], (mmsg_flags_t)arg[3]);
	case SYS_sendmsg:
		return own_sendmsg(fd, at, (int)arg[2]);
	case SYS_sendto:
		return own_sendto(fd, at, (size_t)arg[2], (int)arg[3],
			(const struct sockaddr *)arg[4], (socklen_t)arg[5]);
	default: /* SYS_socket */
		return own_socket(fd, (int)arg[1], (int)arg[2]);
	}
}

/* The arguments are handed on as they came, however many there are. */
EXPORT long syscall(long number, ...)
{
	long arg[ARGS];
	long result;
	va_list args;

	va_start(args, number);
	for (int i = 0; i < ARGS; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (!is_ours(number)) {
		result = next_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
		if (result >= 0)
			own_descriptors(number, arg, result);
		return result;
	}
	return lead(number, arg);
}
