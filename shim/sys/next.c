/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the next definition of each call that we define. All are found when the library starts;
 * a call that comes before (from another library's constructor) finds its own.
 */
#include "sys/next.h"

#include "sys/numbers.h"
#include "sys/time64.h"

#include <dlfcn.h>
#include <errno.h>

static const char *const names[NEXT_CALLS] = {
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

/* Stands in for a call that no library behind us has. It takes any arguments and looks at none. */
static long refuse(void)
{
	errno = ENOSYS;
	return -1;
}

void *next_find(enum next call)
{
	void *definition = dlsym(RTLD_NEXT, names[call]);

	if (definition == NULL) {
		/* What dlsym has to say of that is not for the program to hear. */
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

int next_accept(int fd, struct sockaddr *addr, socklen_t *addr_len)
{
	int (*call)(int, struct sockaddr *, socklen_t *) = next_definition(NEXT_ACCEPT);

	return call(fd, addr, addr_len);
}

int next_accept4(int fd, struct sockaddr *addr, socklen_t *addr_len, int flags)
{
	int (*call)(int, struct sockaddr *, socklen_t *, int) = next_definition(NEXT_ACCEPT4);

	return call(fd, addr, addr_len, flags);
}

int next_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	int (*call)(int, const struct sockaddr *, socklen_t) = next_definition(NEXT_BIND);

	return call(fd, addr, len);
}

int next_bindresvport(int sd, struct sockaddr_in *sin)
{
	int (*call)(int, struct sockaddr_in *) = next_definition(NEXT_BINDRESVPORT);

	return call(sd, sin);
}

int next_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int (*call)(int, const struct sockaddr *, socklen_t) = next_definition(NEXT_CONNECT);

	return call(fd, addr, len);
}

int next_dup(int fd)
{
	int (*call)(int) = next_definition(NEXT_DUP);

	return call(fd);
}

int next_dup2(int fd, int fd2)
{
	int (*call)(int, int) = next_definition(NEXT_DUP2);

	return call(fd, fd2);
}

int next_dup3(int fd, int fd2, int flags)
{
	int (*call)(int, int, int) = next_definition(NEXT_DUP3);

	return call(fd, fd2, flags);
}

int next_fcntl(int fd, int cmd, void *arg)
{
	int (*call)(int, int, ...) = next_definition(NEXT_FCNTL);

	return call(fd, cmd, arg);
}

int next_fcntl64(int fd, int cmd, void *arg)
{
	int (*call)(int, int, ...) = next_definition(NEXT_FCNTL64);

	return call(fd, cmd, arg);
}

int next_fcntl_time64(int fd, int cmd, void *arg)
{
	int (*call)(int, int, ...) = next_definition(NEXT_FCNTL_TIME64);

	return call(fd, cmd, arg);
}

int next_getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	int (*call)(int, int, int, void *, socklen_t *) = next_definition(NEXT_GETSOCKOPT);

	return call(fd, level, optname, optval, optlen);
}

int next_getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	int (*call)(int, int, int, void *, socklen_t *) = next_definition(NEXT_GETSOCKOPT64);

	return call(fd, level, optname, optval, optlen);
}

int next_listen(int fd, int n)
{
	int (*call)(int, int) = next_definition(NEXT_LISTEN);

	return call(fd, n);
}

int next_pidfd_getfd(int pidfd, int targetfd, unsigned int flags)
{
	int (*call)(int, int, unsigned int) = next_definition(NEXT_PIDFD_GETFD);

	/* A program may have looked for the name, and found ours. */
	if ((void *)call == (void *)refuse)
		return (int)next_syscall(SYS_pidfd_getfd, pidfd, targetfd, flags, 0, 0, 0);
	return call(pidfd, targetfd, flags);
}

ssize_t next_recvfrom(
	int fd, void *buf, size_t n, int flags, struct sockaddr *addr, socklen_t *addr_len)
{
	ssize_t (*call)(int, void *, size_t, int, struct sockaddr *, socklen_t *) =
		next_definition(NEXT_RECVFROM);

	return call(fd, buf, n, flags, addr, addr_len);
}

ssize_t next_recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	ssize_t (*call)(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *) =
		next_definition(NEXT_RECVFROM_CHK);

	return call(fd, buf, n, buflen, flags, addr, addr_len);
}

int next_recvmmsg(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo)
{
	int (*call)(int, struct mmsghdr *, unsigned int, int, struct timespec *) =
		next_definition(NEXT_RECVMMSG);

	return call(fd, vmessages, vlen, flags, tmo);
}

int next_recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo)
{
	int (*call)(int, struct mmsghdr *, unsigned int, int, struct timespec *) =
		next_definition(NEXT_RECVMMSG64);

	return call(fd, vmessages, vlen, flags, tmo);
}

ssize_t next_recvmsg64(int fd, struct msghdr *message, int flags)
{
	ssize_t (*call)(int, struct msghdr *, int) = next_definition(NEXT_RECVMSG64);

	return call(fd, message, flags);
}

int next_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	int (*call)(int, struct mmsghdr *, unsigned int, int) = next_definition(NEXT_SENDMMSG);

	return call(fd, vmessages, vlen, flags);
}

int next_sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags)
{
	int (*call)(int, struct mmsghdr *, unsigned int, int) = next_definition(NEXT_SENDMMSG64);

	return call(fd, vmessages, vlen, flags);
}

ssize_t next_sendmsg64(int fd, const struct msghdr *message, int flags)
{
	ssize_t (*call)(int, const struct msghdr *, int) = next_definition(NEXT_SENDMSG64);

	return call(fd, message, flags);
}

ssize_t next_sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len)
{
	ssize_t (*call)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) =
		next_definition(NEXT_SENDTO);

	return call(fd, buf, n, flags, addr, addr_len);
}

int next_setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	int (*call)(int, int, int, const void *, socklen_t) = next_definition(NEXT_SETSOCKOPT);

	return call(fd, level, optname, optval, optlen);
}

int next_setsockopt64(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	int (*call)(int, int, int, const void *, socklen_t) = next_definition(NEXT_SETSOCKOPT64);

	return call(fd, level, optname, optval, optlen);
}

int next_socket(int domain, int type, int protocol)
{
	int (*call)(int, int, int) = next_definition(NEXT_SOCKET);

	return call(domain, type, protocol);
}

int next_socketpair(int domain, int type, int protocol, int fds[2])
{
	int (*call)(int, int, int, int *) = next_definition(NEXT_SOCKETPAIR);

	return call(domain, type, protocol, fds);
}

long next_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	long (*call)(long, ...) = next_definition(NEXT_SYSCALL);

	return call(number, a, b, c, d, e, f);
}
