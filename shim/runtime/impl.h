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
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

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
bool impl_ask_option(int fd, int level, int optname, int *ret);
bool impl_set_option(int fd, int level, int optname, int value);

/* recvmsg in place of the program's recvfrom, sendmsg in place of its sendto. Cancellation points,
 * as these are. As long as no filter was seen they are libc's own, so that no datagram pays. */
#define impl_recvmsg NEXT(NEXT_IMPL_RECVMSG, recvmsg)
#define impl_sendmsg NEXT(NEXT_IMPL_SENDMSG, sendmsg)
/* From now on they are put to the filters, too. */
void impl_ask_filters(void);

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
