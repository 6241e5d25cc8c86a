/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the next definition of each call that we define, when the library starts. An earlier call
 * (from another library's constructor) finds its own. */
#include "libc/next.h"

#include "libc/platform.h"
#include "libc/symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/syscall.h>

static const char *const names[NEXT_CALLS] = {
	[NEXT_GETPEERNAME] = "getpeername",
	[NEXT_GETSOCKNAME] = "getsockname",
	[NEXT_IMPL_SYSCALL] = "syscall",
	[NEXT_TIME] = "time",
	[NEXT_ACCEPT] = "accept",
	[NEXT_ACCEPT4] = "accept4",
	[NEXT_BIND] = "bind",
	[NEXT_BINDRESVPORT] = "bindresvport",
	[NEXT_CONNECT] = "connect",
	[NEXT_DLOPEN] = "dlopen",
	[NEXT_DUP] = "dup",
	[NEXT_DUP2] = "dup2",
	[NEXT_DUP3] = "dup3",
	[NEXT_FCNTL] = "fcntl",
	[NEXT_FCNTL64] = "fcntl64",
	[NEXT_GETSOCKOPT] = "getsockopt",
	[NEXT_LISTEN] = "listen",
	[NEXT_PIDFD_GETFD] = "pidfd_getfd",
	[NEXT_PRCTL] = "prctl",
	[NEXT_RECVFROM] = "recvfrom",
	[NEXT_RECVFROM_CHK] = "__recvfrom_chk",
	[NEXT_RECVMMSG] = "recvmmsg",
	[NEXT_RECVMSG] = "recvmsg",
	[NEXT_SENDMMSG] = "sendmmsg",
	[NEXT_SENDMSG] = "sendmsg",
	[NEXT_SENDTO] = "sendto",
	[NEXT_SETSOCKOPT] = "setsockopt",
	[NEXT_SOCKET] = "socket",
	[NEXT_SOCKETPAIR] = "socketpair",
	[NEXT_SYSCALL] = "syscall",
	[NEXT_FCNTL_TIME64] = "__fcntl_time64",
	[NEXT_GETSOCKOPT64] = "__getsockopt64",
	[NEXT_RECVMMSG64] = "__recvmmsg64",
	[NEXT_RECVMSG64] = "__recvmsg64",
	[NEXT_SENDMMSG64] = "__sendmmsg64",
	[NEXT_SENDMSG64] = "__sendmsg64",
	[NEXT_SETSOCKOPT64] = "__setsockopt64",
};

void *_Atomic next_found[NEXT_CALLS];

/* Replaces a call that no library after us defines. It takes any arguments and ignores them. */
static long refuse(void)
{
	errno = ENOSYS;
	return -1;
}

static void *look_up(enum next call)
{
	void *own = call == NEXT_IMPL_SYSCALL ? symbols_libc_address(names[call]) : NULL;

	return own != NULL ? own : dlsym(RTLD_NEXT, names[call]);
}

void *next_find(enum next call)
{
	void *definition = look_up(call);

	if (definition == NULL) {
		/* Clear dlsym's error, which the program must not see. */
		dlerror();
		definition = (void *)refuse;
	}
	atomic_store_explicit(&next_found[call], definition, memory_order_relaxed);
	return definition;
}

const char *next_name(enum next call)
{
	return names[call];
}

void *next_ahead(enum next call)
{
	return dlsym(RTLD_DEFAULT, names[call]);
}

void next_find_all(void)
{
	const int calls = HAS_TIME64_NAMES ? NEXT_CALLS : NEXT_FCNTL_TIME64;

	for (int call = 0; call < calls; call++)
		next_definition((enum next)call);
}

int next_pidfd_getfd(int pidfd, int targetfd, unsigned int flags)
{
	int (*call)(int, int, unsigned int) = next_definition(NEXT_PIDFD_GETFD);

	/* A program may have looked the name up and found ours. */
	if ((void *)call == (void *)refuse)
		return (int)next_syscall(SYS_pidfd_getfd, pidfd, targetfd, flags, 0, 0, 0);
	return call(pidfd, targetfd, flags);
}

int next_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	int (*call)(int, ...) = next_definition(NEXT_PRCTL);

	return call(option, a, b, c, d);
}

long next_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	long (*call)(long, ...) =
		atomic_load_explicit(&next_found[NEXT_SYSCALL], memory_order_relaxed);

	/* Not looked up yet. The caller may be malloc starting up (jemalloc), and before glibc 2.34
	 * dlsym needs memory. */
	if (UNLIKELY(call == NULL))
		return next_impl_syscall(number, a, b, c, d, e, f);
	return call(number, a, b, c, d, e, f);
}

long next_impl_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	long (*call)(long, ...) = next_definition(NEXT_IMPL_SYSCALL);

	return call(number, a, b, c, d, e, f);
}
