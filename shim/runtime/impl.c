/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's own system calls, each checked against the program's filters; impl.h says why. */
#include "runtime/impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>

/* The calls of socketcall(2) (linux/net.h). */
enum socketcall {
	CALL_BIND = 2,
	CALL_CONNECT = 3,
	CALL_GETSOCKNAME = 6,
	CALL_GETPEERNAME = 7,
	CALL_SENDTO = 11,
	CALL_RECVFROM = 12,
	CALL_SETSOCKOPT = 14,
	CALL_GETSOCKOPT = 15,
	CALL_SENDMSG = 16,
	CALL_RECVMSG = 17,
};

long impl_syscall(long number, const long args[SANDBOX_ARGS])
{
	int saved_errno = errno;
	long result = -EPERM;

	if (sandbox_allows(number, args)) {
		result = next_impl_syscall(
			number, args[0], args[1], args[2], args[3], args[4], args[5]);
		if (result == -1)
			result = -errno;
	}
	errno = saved_errno;
	return result;
}

static bool may_close(void)
{
	return sandbox_allows(SYS_close, IMPL_ARGS(0));
}

int impl_open(const char *path, int flags, unsigned int mode)
{
	flags |= O_CLOEXEC | O_NOCTTY | O_LARGEFILE;
	return may_close() ? (int)IMPL_SYSCALL(SYS_openat, AT_FDCWD, (long)path, flags, mode)
			   : -EPERM;
}

int impl_socket(int domain, int type, int protocol)
{
	return may_close() ? (int)IMPL_SYSCALL(SYS_socket, domain, type | SOCK_CLOEXEC, protocol)
			   : -EPERM;
}

void impl_close(int fd)
{
	IMPL_SYSCALL(SYS_close, fd);
}

/* libc may make the call by either of its two numbers, so both have to be allowed. */
static bool is_allowed(long number, enum socketcall socketcall, const long args[SANDBOX_ARGS])
{
	if (sandbox_allows(number, args) &&
		(SYS_socketcall < 0 ||
			sandbox_allows(SYS_socketcall, IMPL_ARGS(socketcall, (long)args))))
		return true;
	errno = EPERM;
	return false;
}

int impl_getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	if (!is_allowed(SYS_getsockopt, CALL_GETSOCKOPT,
		    IMPL_ARGS(fd, level, optname, (long)optval, (long)optlen)))
		return -1;
	return next_getsockopt(fd, level, optname, optval, optlen);
}

int impl_setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	if (!is_allowed(SYS_setsockopt, CALL_SETSOCKOPT,
		    IMPL_ARGS(fd, level, optname, (long)optval, optlen)))
		return -1;
	return next_setsockopt(fd, level, optname, optval, optlen);
}

bool impl_get_option(int fd, int level, int optname, int *ret)
{
	int saved_errno = errno;
	int value;
	socklen_t len = sizeof(value);
	bool is_known = impl_getsockopt(fd, level, optname, &value, &len) == 0;

	if (is_known)
		*ret = value;
	errno = saved_errno;
	return is_known;
}

bool impl_set_option(int fd, int level, int optname, int value)
{
	int saved_errno = errno;
	bool is_set = impl_setsockopt(fd, level, optname, &value, sizeof(value)) == 0;

	errno = saved_errno;
	return is_set;
}

int impl_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (!is_allowed(SYS_getsockname, CALL_GETSOCKNAME, IMPL_ARGS(fd, (long)addr, (long)len)))
		return -1;
	return next_getsockname(fd, addr, len);
}

int impl_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (!is_allowed(SYS_getpeername, CALL_GETPEERNAME, IMPL_ARGS(fd, (long)addr, (long)len)))
		return -1;
	return next_getpeername(fd, addr, len);
}

bool impl_may_bind(int fd)
{
	int saved_errno = errno;
	struct sockaddr_storage addr;
	bool may = is_allowed(SYS_bind, CALL_BIND, IMPL_ARGS(fd, (long)&addr, sizeof(addr)));

	errno = saved_errno;
	return may;
}

int impl_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (!is_allowed(SYS_bind, CALL_BIND, IMPL_ARGS(fd, (long)addr, len)))
		return -1;
	return next_bind(fd, addr, len);
}

int impl_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (!is_allowed(SYS_connect, CALL_CONNECT, IMPL_ARGS(fd, (long)addr, len)))
		return -1;
	return next_connect(fd, addr, len);
}

/* Checks the program's own call, which this one replaces: if a filter forbids it, the program must
 * get the filter's verdict. */
static bool is_app_call_allowed(
	long number, enum socketcall socketcall, int fd, const struct msghdr *msg, int flags)
{
	const struct iovec none = {NULL, 0};
	const struct iovec *iov = msg->msg_iov != NULL ? msg->msg_iov : &none;

	return is_allowed(number, socketcall,
		IMPL_ARGS(fd, (long)iov->iov_base, (long)iov->iov_len, flags, (long)msg->msg_name,
			msg->msg_namelen));
}

static ssize_t check_and_recvmsg(int fd, struct msghdr *msg, int flags)
{
	if (!is_allowed(SYS_recvmsg, CALL_RECVMSG, IMPL_ARGS(fd, (long)msg, flags)) ||
		!is_app_call_allowed(SYS_recvfrom, CALL_RECVFROM, fd, msg, flags))
		return -1;
	return next_recvmsg(fd, msg, flags);
}

static ssize_t check_and_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	if (!is_allowed(SYS_sendmsg, CALL_SENDMSG, IMPL_ARGS(fd, (long)msg, flags)) ||
		!is_app_call_allowed(SYS_sendto, CALL_SENDTO, fd, msg, flags))
		return -1;
	return next_sendmsg(fd, msg, flags);
}

/* Used before the library's start, for a call from another library's constructor. */
static ssize_t find_and_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return next_recvmsg(fd, msg, flags);
}

static ssize_t find_and_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return next_sendmsg(fd, msg, flags);
}

struct impl_calls impl_calls = {find_and_recvmsg, find_and_sendmsg, time};

void impl_init(void)
{
	ssize_t (*recvmsg_now)(int, struct msghdr *, int) = find_and_recvmsg;
	ssize_t (*sendmsg_now)(int, const struct msghdr *, int) = find_and_sendmsg;

	/* impl_check_filters may have set these already. */
	atomic_compare_exchange_strong(&impl_calls.recvmsg, &recvmsg_now, next_recvmsg);
	atomic_compare_exchange_strong(&impl_calls.sendmsg, &sendmsg_now, next_sendmsg);
	atomic_store(&impl_calls.time, next_time);
}

void impl_check_filters(void)
{
	atomic_store(&impl_calls.recvmsg, check_and_recvmsg);
	atomic_store(&impl_calls.sendmsg, check_and_sendmsg);
}

/* More vectors than the kernel accepts (UIO_MAXIOV): without a filter it returns EMSGSIZE before it
 * checks anything else (net/socket.c). */
static const struct msghdr impossible = {.msg_iovlen = INT32_MAX};

bool impl_recvmsg_is_filtered(int fd, int flags, int error)
{
	int saved_errno = errno;
	struct msghdr msg = impossible;
	/* The kernel returns neither of these for a receive. */
	bool is_filtered = error == EPERM || error == ENOSYS;

	if (error == EACCES)
		is_filtered = impl_recvmsg(fd, &msg, flags) < 0 && impl_is_refusal(errno);
	errno = saved_errno;
	return is_filtered;
}

bool impl_sendmsg_is_filtered(int fd, int flags, int error)
{
	int saved_errno = errno;
	bool is_filtered = error == ENOSYS;

	/* EPERM may also come from the firewall. */
	if (error == EPERM || error == EACCES)
		is_filtered = impl_sendmsg(fd, &impossible, flags) < 0 && impl_is_refusal(errno);
	errno = saved_errno;
	return is_filtered;
}

static void *map(size_t size, int flags)
{
	const int protection = PROT_READ | PROT_WRITE;
	int saved_errno = errno;
	void *memory = MAP_FAILED;

	if (sandbox_allows(SYSCALL_MMAP, IMPL_ARGS(0, (long)size, protection, flags, -1)) &&
		sandbox_allows(SYS_munmap, IMPL_ARGS(0, (long)size)))
		/* cppcheck-suppress invalidFunctionArg ; mmap(2) allows -1 */
		memory = mmap(NULL, size, protection, flags, -1, 0);
	errno = saved_errno;
	return memory != MAP_FAILED ? memory : NULL;
}

void *impl_map(size_t size)
{
	return map(size, MAP_PRIVATE | MAP_ANONYMOUS);
}

void *impl_map_shared(size_t size)
{
	return map(size, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE);
}

void impl_unmap(void *memory, size_t size)
{
	int saved_errno = errno;

	if (sandbox_allows(SYS_munmap, IMPL_ARGS((long)memory, (long)size)))
		munmap(memory, size);
	errno = saved_errno;
}
