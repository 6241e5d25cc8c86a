/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls that the library makes for itself. Each is first checked against the program's
 * seccomp filters (runtime/sandbox.h); if one forbids it, it is not made and fails with EPERM, as
 * under a filter that returns an errno. Calls that the program made go on by next_<call>
 * (libc/next.h), unchecked.
 *
 * Calls on the program's sockets use libc's names, so another preload library after us sees them.
 * All others go to the kernel by number: no other library sees them, and none is a cancellation
 * point. Safe in threads and signal handlers.
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

/* Makes a system call by number. Returns its result or a negative errno; keeps errno itself. */
long impl_syscall(long number, const long args[SANDBOX_ARGS]);
#define IMPL_SYSCALL(number, ...) impl_syscall((number), IMPL_ARGS(__VA_ARGS__))
#define IMPL_ARGS(...) ((const long[SANDBOX_ARGS]){__VA_ARGS__})

/* Make descriptors of our own, with close-on-exec set; they return a descriptor or a negative
 * errno. None is opened if a filter would not let us close it again. Keep errno. */
int impl_open(const char *path, int flags, unsigned int mode);
int impl_socket(int domain, int type, int protocol);
void impl_close(int fd);

/* On the program's sockets. They return and set errno as libc's functions do. */
int impl_getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen);
int impl_setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen);
int impl_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int impl_getpeername(int fd, struct sockaddr *addr, socklen_t *len);
int impl_bind(int fd, const struct sockaddr *addr, socklen_t len);
/* Whether the filters allow such a bind. */
bool impl_may_bind(int fd);
int impl_connect(int fd, const struct sockaddr *addr, socklen_t len);

/* Get and set a socket option that is an int. False if the kernel or a filter refuses; *ret is then
 * untouched. Both keep errno. */
bool impl_get_option(int fd, int level, int optname, int *ret);
bool impl_set_option(int fd, int level, int optname, int value);

/* The calls that every datagram needs. Written by impl_init, then for good by
 * impl_check_filters. */
struct impl_calls {
	ssize_t (*_Atomic recvmsg)(int, struct msghdr *, int);
	ssize_t (*_Atomic sendmsg)(int, const struct msghdr *, int);
	time_t (*_Atomic time)(time_t *);
};
extern HIDDEN struct impl_calls impl_calls;

/* Runs at the library's start. From now on these calls are the next definitions themselves. */
void impl_init(void);
/* From now on recvmsg and sendmsg are checked against the filters. */
void impl_check_filters(void);

/*
 * The time in seconds, the same for all processes of a host; wraps after 136 years. time(2) is the
 * cheapest clock in Linux: ten instructions of the vDSO, against ninety for CLOCK_MONOTONIC_COARSE.
 * Setting the clock makes learned addresses expire early. No system call if the kernel has a vDSO.
 */
HOT_INLINE uint32_t impl_now_s(void)
{
	return (uint32_t)atomic_load_explicit(&impl_calls.time, memory_order_relaxed)(NULL);
}

/* recvfrom and sendto cut a longer length to this (MAX_RW_COUNT, include/linux/fs.h); recvmsg and
 * sendmsg refuse a length that is negative as a ssize_t. */
enum { IMPL_LEN_MAX = 0x7ffff000 };

/* Turns the arguments of a recvfrom or sendto into the message header of a recvmsg or sendmsg, with
 * control data of ours. Sets every field that libc and the kernel read, one by one: an initializer
 * would also clear padding, for every datagram. */
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

/* Make recvmsg for the program's recvfrom, and sendmsg for its sendto. They are cancellation
 * points, as the program's calls are. They clear MSG_CMSG_COMPAT, the kernel's own flag
 * (include/linux/socket.h), which recvfrom and sendto ignore and recvmsg and sendmsg refuse. */
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

/* Whether this errno may come from a filter. */
static inline bool impl_is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS;
}

/* Whether impl_recvmsg or impl_sendmsg on fd, with these flags, failed with this errno because of
 * a filter, known or unknown. The same errno may come from the kernel, so these ask it. Keep
 * errno. */
COLD bool impl_recvmsg_is_filtered(int fd, int flags, int error);
COLD bool impl_sendmsg_is_filtered(int fd, int flags, int error);

/* Map zeroed memory, private or shared with processes forked later; pages take memory once written.
 * NULL if there is no memory, or if a filter forbids unmapping. All three keep errno. */
void *impl_map(size_t size);
void *impl_map_shared(size_t size);
void impl_unmap(void *memory, size_t size);

#endif
