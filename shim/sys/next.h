/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The definitions behind ours: libc's, or those of another preload library after us. Every room
 * calls these and never the bare names, which would come back to ourselves.
 *
 * Each is the same as the call in its name in every respect (of the names with 64, see time64.h).
 * Where there is no such definition (musl has no __recvfrom_chk), the call fails with ENOSYS.
 * Nothing but next.c calls dlsym.
 */
#ifndef SYS_NEXT_H
#define SYS_NEXT_H

#include "core/attributes.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

int next_accept(int fd, struct sockaddr *addr, socklen_t *addr_len);
int next_accept4(int fd, struct sockaddr *addr, socklen_t *addr_len, int flags);
int next_bind(int fd, const struct sockaddr *addr, socklen_t len);
int next_bindresvport(int sd, struct sockaddr_in *sin);
int next_connect(int fd, const struct sockaddr *addr, socklen_t len);
int next_dup(int fd);
int next_dup2(int fd, int fd2);
int next_dup3(int fd, int fd2, int flags);
int next_fcntl(int fd, int cmd, void *arg);
int next_fcntl64(int fd, int cmd, void *arg);
int next_fcntl_time64(int fd, int cmd, void *arg);
int next_getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen);
int next_getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen);
int next_listen(int fd, int n);
/* Where libc does not have it, made by number. */
int next_pidfd_getfd(int pidfd, int targetfd, unsigned int flags);
ssize_t next_recvfrom(
	int fd, void *buf, size_t n, int flags, struct sockaddr *addr, socklen_t *addr_len);
ssize_t next_recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len);
int next_recvmmsg(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo);
/* The timeout is of 64 bits, whatever its type says here. */
int next_recvmmsg64(
	int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags, struct timespec *tmo);
ssize_t next_recvmsg64(int fd, struct msghdr *message, int flags);
int next_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);
int next_sendmmsg64(int fd, struct mmsghdr *vmessages, unsigned int vlen, int flags);
ssize_t next_sendmsg64(int fd, const struct msghdr *message, int flags);
ssize_t next_sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len);
int next_setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen);
int next_setsockopt64(int fd, int level, int optname, const void *optval, socklen_t optlen);
int next_socket(int domain, int type, int protocol);
long next_syscall(long number, long a, long b, long c, long d, long e, long f);
int next_socketpair(int domain, int type, int protocol, int fds[2]);

/* Which definition; the order is that of the names in next.c. */
enum next {
	NEXT_ACCEPT,
	NEXT_ACCEPT4,
	NEXT_BIND,
	NEXT_BINDRESVPORT,
	NEXT_CONNECT,
	NEXT_DLOPEN,
	NEXT_DUP,
	NEXT_DUP2,
	NEXT_DUP3,
	NEXT_FCNTL,
	NEXT_FCNTL64,
	NEXT_GETSOCKOPT,
	NEXT_LISTEN,
	NEXT_PIDFD_GETFD,
	NEXT_RECVFROM,
	NEXT_RECVFROM_CHK,
	NEXT_RECVMMSG,
	NEXT_RECVMSG,
	NEXT_SENDMMSG,
	NEXT_SENDMSG,
	NEXT_SENDTO,
	NEXT_SETSOCKOPT,
	NEXT_SOCKET,
	NEXT_SOCKETPAIR,
	NEXT_SYSCALL,
	/* Only where HAS_TIME64_NAMES: behind all others. */
	NEXT_FCNTL_TIME64,
	NEXT_GETSOCKOPT64,
	NEXT_RECVMMSG64,
	NEXT_RECVMSG64,
	NEXT_SENDMMSG64,
	NEXT_SENDMSG64,
	NEXT_SETSOCKOPT64,
	NEXT_CALLS,
};

/* The definitions found so far; written by whoever finds one first, always with the same value. */
extern HIDDEN void *_Atomic next_found[NEXT_CALLS];
OFF_THE_WAY void *next_find(enum next call);

ON_THE_WAY void *next_definition(enum next call)
{
	void *definition = atomic_load_explicit(&next_found[call], memory_order_relaxed);

	return LIKELY(definition != NULL) ? definition : next_find(call);
}

/* The two that every datagram of a watched socket takes are worth having inline. */
ON_THE_WAY ssize_t next_recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t (*call)(int, struct msghdr *, int) = next_definition(NEXT_RECVMSG);

	return call(fd, message, flags);
}

ON_THE_WAY ssize_t next_sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t (*call)(int, const struct msghdr *, int) = next_definition(NEXT_SENDMSG);

	return call(fd, message, flags);
}

/* A call's name, and the definition that the program finds under it: ours, or another preload
 * library's in front of us. */
const char *next_name(enum next call);
void *next_ahead(enum next call);

/* Finds all of them at once. At the library's start, so that later calls, which may come from
 * signal handlers, do not enter the dynamic linker. */
void next_find_all(void);

#endif
