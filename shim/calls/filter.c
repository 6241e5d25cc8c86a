/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prctl, and what it has in common with seccomp by number; filter.h says what for. */
#include "calls/filter.h"

#include "calls/first_use.h"
#include "replies/watch.h"
#include "runtime/sandbox.h"
#include "sys/log.h"
#include "sys/next.h"

#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* linux/seccomp.h */
enum { OPERATION_STRICT = 0, OPERATION_FILTER = 1 };

/* The numbers that are looked at even where nothing was noted: what inetd, systemd and most others
 * start a program with. */
enum { INHERITED_END = 16 };

bool filter_is_installed_by(long number, long first_arg)
{
	if (number == SYS_seccomp)
		return first_arg == OPERATION_STRICT || first_arg == OPERATION_FILTER;
	return number == SYS_prctl && first_arg == PR_SET_SECCOMP;
}

void filter_prepare(void)
{
	int end = fd_end() > INHERITED_END ? fd_end() : INHERITED_END;

	if (sandbox_is_on())
		return;
	for (int fd = 0; fd < end; fd++) {
		uint32_t flags = first_use_flags(fd);

		if (flags & FD_UNDECIDED && flags & FD_CANDIDATE)
			watch_decide(fd, flags, WATCH_ASK);
	}
}

long filter_note(long result)
{
	if (result >= 0) {
		sandbox_enter();
		log_stop();
	}
	return result;
}

/* The arguments are handed on as they came, however many there are. */
EXPORT int prctl(int option, ...)
{
	enum { ARGS = 4 };
	unsigned long arg[ARGS];
	va_list args;

	va_start(args, option);
	for (int i = 0; i < ARGS; i++)
		arg[i] = va_arg(args, unsigned long);
	va_end(args);
	if (option != PR_SET_SECCOMP)
		return next_prctl(option, arg[0], arg[1], arg[2], arg[3]);
	filter_prepare();
	return (int)filter_note(next_prctl(option, arg[0], arg[1], arg[2], arg[3]));
}
