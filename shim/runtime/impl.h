/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls that the library makes of its own accord, and the program did not. Each is put
 * to the program's seccomp filters first (runtime/sandbox.h); where one of them forbids it, it is
 * not made and fails with EPERM, as under a filter that refuses by an errno. What the program
 * itself called goes on by next_<call> (libc/next.h) and is put to nobody.
 *
 * What is asked or done of the program's sockets goes by libc's names, so that another preload
 * library behind us sees it; all else goes to the kernel by number: no other library stands in
 * between, and none of it is a cancellation point. Safe in threads and signal handlers.
 */
#ifndef RUNTIME_IMPL_H
#define RUNTIME_IMPL_H

#include "attributes.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "runtime/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

/* By number: the result, or a negative errno. errno itself is kept. */
long impl_syscall(long number, const long args[SANDBOX_ARGS]);
#define IMPL_SYSCALL(number, ...) impl_syscall((number), IMPL_ARGS(__VA_ARGS__))
#define IMPL_ARGS(...) ((const long[SANDBOX_ARGS]){__VA_ARGS__})

/*
 * Descriptors of our own, with close-on-exec set; negative errnos. None is opened that a filter
 * would not let us close again.
 */
int impl_open(const char *path, int flags, unsigned int mode);
int impl_socket(int domain, int type, int protocol);
void impl_close(int fd);

/* On the program's sockets: result and errno are libc's. */
int impl_getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen);
int impl_setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen);
int impl_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int impl_getpeername(int fd, struct sockaddr *addr, socklen_t *len);
int impl_bind(int fd, const struct sockaddr *addr, socklen_t len);
/* Whether it would be made. */
bool impl_may_bind(int fd);
int impl_connect(int fd, const struct sockaddr *addr, socklen_t len);

/* An option that is an int, of a socket. False, and *ret untouched, if the kernel or a filter does
 * not tell; false if they refuse it. Both keep errno. */
bool impl_get_option(int fd, int level, int optname, int *ret);
bool impl_set_option(int fd, int level, int optname, int value);

/* What every datagram needs, by pointer. Written by impl_init, and by impl_check_filters for good.
 */
struct impl_calls {
	ssize_t (*_Atomic recvmsg)(int, struct msghdr *, int);
	ssize_t (*_Atomic sendmsg)(int, const struct msghdr *, int);
	time_t (*_Atomic time)(time_t *);
};
extern HIDDEN struct impl_calls impl_calls;

/* At the library's start: from now on they are the next definitions themselves. */
void impl_init(void);
/* From now on the first two are put to the filters. */
void impl_check_filters(void);

/*
 * Seconds, the same for all processes of a host, wrapping after 136 years. time(2) is the cheapest
 * clock that Linux has: ten instructions of the vDSO, where CLOCK_MONOTONIC_COARSE takes ninety.
 * When the clock is set, what was learnt before is forgotten early. Costs no system call where the
 * kernel has a vDSO.
 */
HOT_INLINE uint32_t impl_now_s(void)
{
	return (uint32_t)atomic_load_explicit(&impl_calls.time, memory_order_relaxed)(NULL);
}

/* recvfrom and sendto cut a length down to this (MAX_RW_COUNT, include/linux/fs.h), where recvmsg
 * and sendmsg would refuse one that is negative as a ssize_t. */
enum { IMPL_LEN_MAX = 0x7ffff000 };

/*
 * The arguments of a recvfrom or sendto as the message header of a recvmsg or sendmsg, with control
 * data of ours: everything in msg that libc and the kernel read. Field by field: an initializer
 * would clear padding as well, for every datagram.
 */
HOT_INLINE void impl_fill(struct msghdr *msg, struct iovec *iov, const void *buf, size_t n,
	const void *name, socklen_t name_len, void *control, size_t control_len)
{
	iov->iov_base = (void *)(uintptr_t)buf;
	iov->iov_len = LIKELY(n <= IMPL_LEN_MAX) ? n : IMPL_LEN_MAX;
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
	msg->msg_name = (void *)(uintptr_t)name;
	msg->msg_namelen = name_len;
	msg->msg_control = control;
	msg->msg_controllen = control_len;
}

/*
 * recvmsg in place of the program's recvfrom, sendmsg in place of its sendto. Cancellation points,
 * as these are. Unlike these they would look at MSG_CMSG_COMPAT, the kernel's own flag
 * (include/linux/socket.h), and refuse it.
 */
HOT_INLINE ssize_t impl_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return atomic_load_explicit(&impl_calls.recvmsg, memory_order_relaxed)(
		fd, msg, flags & INT_MAX);
}

HOT_INLINE ssize_t impl_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return atomic_load_explicit(&impl_calls.sendmsg, memory_order_relaxed)(
		fd, msg, flags & INT_MAX);
}

/* Whether this errno may be a filter's word. */
static inline bool impl_is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

/*
 * Whether impl_recvmsg or impl_sendmsg on fd, with these flags, has failed with this errno because
 * of a filter, known or not: such an errno may be the kernel's, too. Keeps errno.
 */
COLD bool impl_recvmsg_is_filtered(int fd, int flags, int error);
COLD bool impl_sendmsg_is_filtered(int fd, int flags, int error);

/* Zeroed memory, private or shared with processes forked from now on, which is committed as it is
 * written. NULL if there is none, or a filter forbids that it be given back. Both keep errno. */
void *impl_map(size_t size);
void *impl_map_shared(size_t size);
void impl_unmap(void *memory, size_t size);

#endif
