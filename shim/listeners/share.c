/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For a TCP port, the kernel remembers whether the last socket bound to it had SO_REUSEPORT. It
 * then admits the next socket that has it, of the same user and address, without checking the
 * others. The library therefore sets the option on a socket only if no other socket has the port
 * for that family. A third socket that sets SO_REUSEPORT itself can still get in.
 */
#include "listeners/share.h"

#include "listeners/ports.h"
#include "runtime/impl.h"
#include "sockets/fd_flags.h"

#include <errno.h>
#include <stdatomic.h>

/* The pid of the process with a thread between share_begin and share_end, 0 if there is none.
 * Shared with forked processes, which may have the same socket. Set once by share_init. */
static _Atomic int *holder;

void share_init(void)
{
	holder = impl_map_shared(sizeof(*holder));
}

/*
 * Without the lock, two threads could both find their side of the port free, and each would restore
 * what the other had set. A holder has it for some system calls, and this waits about a
 * millisecond, which is several times as long. It does not wait for good: the holder may be
 * stopped, or interrupted by the signal handler that calls this. A lock whose holder has died is
 * free.
 */
static bool lock(void)
{
	enum { SPINS = 100000 };
	int self = (int)IMPL_SYSCALL(SYS_getpid, 0), seen = 0;

	if (holder == NULL || self <= 0)
		return false;
	for (int spins = 0; spins < SPINS; spins++) {
		seen = 0;
		if (atomic_compare_exchange_weak(holder, &seen, self))
			return true;
	}
	return seen != 0 && IMPL_SYSCALL(SYS_kill, seen, 0) == -ESRCH &&
	       atomic_compare_exchange_strong(holder, &seen, self);
}

static void unlock(void)
{
	atomic_store(holder, 0);
}

/* Flags may be stale, so ask the kernel. */
static bool is_bound_like(int fd, int domain, const struct kind *wanted, in_port_t port)
{
	struct kind kind;
	struct endpoint local;

	return sockets_get_kind(fd, &kind) && kind.domain == domain && kind.type == wanted->type &&
	       sockets_protocol(&kind) == sockets_protocol(wanted) &&
	       sockets_get_local(fd, &local) && local.port == port &&
	       address_is_wildcard(&local.addr) && (domain == AF_INET || !sockets_is_v6only(fd));
}

int share_find(int domain, const struct kind *kind, in_port_t port, int except)
{
	for (int fd = 0; fd < fd_end(); fd++)
		if (fd_flags(fd) & FD_INET && fd != except && is_bound_like(fd, domain, kind, port))
			return fd;
	return -1;
}

/* Whether no other socket has the port for fd's own family. */
static bool is_alone(int fd, const struct kind *kind, in_port_t port)
{
	return share_find(kind->domain, kind, port, fd) < 0 &&
	       !ports_are_held(kind->domain, kind, port, true);
}

/* Sets SO_REUSEPORT to value. Returns the previous value, or -1 if it cannot be set. */
static int switch_reuse_port(int fd, int value)
{
	int before;

	if (!impl_get_option(fd, SOL_SOCKET, SO_REUSEPORT, &before) ||
		!impl_set_option(fd, SOL_SOCKET, SO_REUSEPORT, value))
		return -1;
	return before;
}

static void restore_reuse_port(int fd, int before)
{
	if (before >= 0)
		impl_set_option(fd, SOL_SOCKET, SO_REUSEPORT, before);
}

static bool find_partner(int fd, const struct kind *kind, in_port_t port, struct share *ret)
{
	int other = kind->domain == AF_INET ? AF_INET6 : AF_INET;

	if (kind->domain == AF_INET6 && sockets_is_v6only(fd))
		return false;
	ret->fd = share_find(other, kind, port, -1);
	return ret->fd >= 0 && is_alone(fd, kind, port);
}

bool share_begin(int fd, const struct kind *kind, in_port_t port, struct share *ret)
{
	struct share share;

	if (!lock())
		return false;
	if (!find_partner(fd, kind, port, &share)) {
		unlock();
		return false;
	}
	share.reuse_port = switch_reuse_port(fd, 1);
	share.other_reuse_port = switch_reuse_port(share.fd, 1);
	*ret = share;
	return true;
}

void share_end(int fd, const struct share *share)
{
	restore_reuse_port(fd, share->reuse_port);
	restore_reuse_port(share->fd, share->other_reuse_port);
	unlock();
}
