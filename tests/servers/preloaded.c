/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another preload library: its sendto calls the next definition, which it looks up at each call.
 * Its syscall refuses all calls, as torsocks refuses those that it does not know. */
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>

ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
		(ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *,
			socklen_t))dlsym(RTLD_NEXT, "sendto");

	return next(fd, buf, n, flags, addr, addr_len);
}

long syscall(long number, ...)
{
	(void)number;
	errno = ENOSYS;
	return -1;
}
