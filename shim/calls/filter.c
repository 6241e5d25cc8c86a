/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prctl, and the checks that it shares with seccomp by number; the contract is in filter.h. */
#include "calls/filter.h"

#include "calls/first_use.h"
#include "listeners/ipv4_lost.h"
#include "replies/tx.h"
#include "replies/watch.h"
#include "runtime/impl.h"

#include <stdarg.h>
#include <sys/prctl.h>

/* linux/seccomp.h */
enum { OPERATION_STRICT = 0, OPERATION_FILTER = 1, FLAG_NEW_LISTENER = 1 << 3 };
enum { MODE_STRICT = 1, MODE_FILTER = 2 };
/* The option and four more. */
enum { PRCTL_ARGS = 5 };

/* Descriptors below this number are checked even if nothing was noted for them: inetd, systemd and
 * most other launchers pass sockets in this range. */
enum { INHERITED_END = 16 };

/* libseccomp probes the kernel by calls that can only fail: strict mode with a flag, and a filter
 * at NULL. They install nothing. */
static bool can_only_fail(bool is_seccomp, bool is_strict, const long args[SANDBOX_ARGS])
{
	return is_strict ? is_seccomp && args[1] != 0 : args[2] == 0;
}

bool filter_is_installed_by(long number, const long args[SANDBOX_ARGS], struct filter_call *ret)
{
	bool is_seccomp = number == SYS_seccomp;
	bool is_strict = is_seccomp ? args[0] == OPERATION_STRICT : args[1] == MODE_STRICT;
	bool is_filter = is_seccomp ? args[0] == OPERATION_FILTER : args[1] == MODE_FILTER;

	if (!is_seccomp && (number != SYS_prctl || args[0] != PR_SET_SECCOMP))
		return false;
	*ret = (struct filter_call){
		.program = is_filter ? (const struct bpf_program *)args[2] : NULL,
		.returns_fd = is_seccomp && is_filter && args[1] & FLAG_NEW_LISTENER,
	};
	return (is_strict || is_filter) && !can_only_fail(is_seccomp, is_strict, args);
}

/* Whether the filter allows the calls that the cure of a watched socket needs. */
static bool is_curable(const struct sandbox_filter *filter, int fd)
{
	return sandbox_filter_allows(filter, SYS_recvmsg, IMPL_ARGS(fd)) &&
	       sandbox_filter_allows(filter, SYS_sendmsg, IMPL_ARGS(fd));
}

/* Whether a filter installed before exec already forbids those calls. */
static bool is_filtered(int fd)
{
	return impl_recvmsg_is_filtered(fd, 0, EACCES) || impl_sendmsg_is_filtered(fd, 0, EACCES);
}

void filter_begin(struct filter_call *call)
{
	int end = fd_end() > INHERITED_END ? fd_end() : INHERITED_END;

	call->filter = sandbox_copy(call->program);
	for (int fd = 0; fd < end; fd++) {
		uint32_t flags = first_use_flags(fd);

		if (flags & FD_V4_UNCHECKED)
			flags = ipv4_lost_check(fd);
		if (flags & FD_UNDECIDED && flags & FD_CANDIDATE)
			flags = watch_decide(fd, flags, WATCH_VERIFY);
		if (flags & FD_LEARNS && (!is_curable(call->filter, fd) || is_filtered(fd)))
			watch_stop_filtered(fd);
	}
	sandbox_add(call->filter);
}

/* The filter was not installed, so sockets that it would have excluded can be cured again. */
static void take_back(const struct sandbox_filter *filter)
{
	const uint32_t left = FD_WATCHED | FD_LEFT_ALONE;

	for (int fd = 0; fd < fd_end(); fd++)
		if ((fd_flags(fd) & left) == left && fd_socket_id(fd) != 0 &&
			!is_curable(filter, fd))
			fd_flags_change(fd, 0, FD_LEFT_ALONE);
}

long filter_end(const struct filter_call *call, long result)
{
	/* With TSYNC, a positive result is the id of the thread that could not take the filter. */
	bool is_installed = result == 0 || (result > 0 && call->returns_fd);

	if (!is_installed) {
		sandbox_drop(call->filter);
		take_back(call->filter);
	} else if (call->returns_fd) {
		fd_flags_set((int)result, FD_CLASSIFIED);
	}
	return result;
}

/* Passes the arguments on as they came, however many there are. */
EXPORT int prctl(int option, ...)
{
	long args[SANDBOX_ARGS] = {option};
	struct filter_call call;
	va_list list;

	va_start(list, option);
	for (int i = 1; i < PRCTL_ARGS; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (!filter_is_installed_by(SYS_prctl, args, &call))
		return next_prctl(option, args[1], args[2], args[3], args[4]);
	filter_begin(&call);
	return (int)filter_end(&call, next_prctl(option, args[1], args[2], args[3], args[4]));
}
