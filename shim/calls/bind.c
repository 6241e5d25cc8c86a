/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bind and listen. An AF_INET6 listener is made V6ONLY right before the kernel's bind, because a
 * program may clear V6ONLY between socket and bind. A UDP socket becomes a candidate for being
 * watched. A bind that fails leaves the socket's options as they were. */
#include "attributes.h"
#include "calls/first_use.h"
#include "libc/next.h"
#include "listeners/decide.h"
#include "listeners/ipv4_lost.h"
#include "listeners/v6only.h"
#include "replies/table.h"
#include "runtime/env.h"
#include "runtime/readable.h"
#include "sockets/classify.h"

#include <errno.h>

/* Whether the library may have something to do when such a socket is bound, to whatever address. */
static bool is_concerned(uint32_t flags)
{
	const struct settings *settings = env_settings();

	if (!settings->is_on || (flags != 0 && !(flags & FD_INET)))
		return false;
	return !(flags & FD_TCP) || flags & FD_INET6 || decide_concerns_listen(&settings->v6only);
}

static void note_bound(int fd, const struct endpoint *local, const struct v6only *v6only)
{
	uint32_t before = fd_flags(fd), flags = before;

	if (before == 0)
		return;
	if (before & FD_UDP) {
		flags = classify_bound(before, local);
		if (v6only != NULL && v6only_is_set(v6only))
			flags |= FD_V6ONLY;
	}
	if (v6only != NULL && ipv4_lost_is_possible(v6only))
		flags |= FD_V4_UNCHECKED;
	if (flags == before)
		return;
	flags = fd_flags_update(fd, before, flags);
	/* Make the table before the program forks unseen or limits its memory. */
	if (flags & FD_CANDIDATE && !(flags & FD_KERNEL_PORT))
		table_make();
}

static int bind_to_wildcard(int fd, const struct sockaddr *addr, socklen_t len,
	const struct kind *kind, const struct endpoint *wanted)
{
	int saved_errno = errno;
	struct v6only v6only;
	int result;

	/* When the kernel chooses the port, this may still be a client. */
	if (wanted->port != 0)
		env_report_errors();
	v6only_prepare(&v6only, fd, kind, wanted);
	result = next_bind(fd, addr, len);
	if (result != 0 && errno == EADDRINUSE && v6only_begin_retry(&v6only)) {
		result = next_bind(fd, addr, len);
		v6only_end_retry(&v6only);
		errno = EADDRINUSE; /* the first call's, whatever the second one failed with */
	}
	if (result != 0) {
		v6only_undo(&v6only);
		return result;
	}
	note_bound(fd, wanted, &v6only);
	v6only_finish(&v6only);
	errno = saved_errno;
	return result;
}

/* Binds to an address that is not a wildcard of the socket's family, or cannot be read. */
static int bind_elsewhere(int fd, const struct sockaddr *addr, socklen_t len)
{
	/* Any address that is not a wildcard will do. */
	const struct endpoint specific = {.addr = {{0, 0, 0, 1}}, .port = 1};
	int result = next_bind(fd, addr, len);

	if (result == 0)
		note_bound(fd, &specific, NULL);
	return result;
}

EXPORT int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	uint32_t flags = fd_flags(fd);
	struct endpoint wanted;
	struct kind kind;

	if (!is_concerned(flags))
		return next_bind(fd, addr, len);
	if (len > sizeof(struct sockaddr_storage) || !readable(addr, len) ||
		!endpoint_from_sockaddr(addr, len, &wanted) || !address_is_wildcard(&wanted.addr) ||
		!sockets_find_kind(fd, flags, &kind) ||
		kind.domain != (addr->sa_family == AF_INET6 ? AF_INET6 : AF_INET))
		return bind_elsewhere(fd, addr, len);
	return bind_to_wildcard(fd, addr, len, &kind, &wanted);
}

/* Not every libc declares or defines it; libtirpc defines one, too. */
int bindresvport(int sd, struct sockaddr_in *sin);

/* libc's binds without calling our bind, so the socket is classified as an inherited one. */
EXPORT int bindresvport(int sd, struct sockaddr_in *sin)
{
	int result = next_bindresvport(sd, sin);

	if (result == 0)
		fd_flags_set(sd, 0);
	return result;
}

/* Whether listen on fd may fail in a way that sharing or V6ONLY can cure, or will bind fd to an
 * ephemeral port. */
static bool read_listening(int fd, struct v6only *ret)
{
	const struct settings *settings = env_settings();
	struct kind kind;
	struct endpoint local;

	if (!settings->is_on || !decide_concerns_listen(&settings->v6only) ||
		!sockets_get_kind(fd, &kind) || !sockets_get_local(fd, &local) ||
		!address_is_wildcard(&local.addr))
		return false;
	if (local.port == 0)
		v6only_prepare(ret, fd, &kind, &local);
	else
		*ret = v6only_of_bound(fd, &kind, &local);
	return true;
}

/* Logs that listen has bound the socket, or that the socket shares its port. */
static void finish_listening(const struct v6only *v6only)
{
	if (v6only->listener.bound.port != 0)
		v6only_log_sharing(v6only);
	else
		v6only_finish(v6only);
}

/* Calls next_listen, and again with V6ONLY set or the port shared if the port is in use. */
static int listen_or_retry(struct v6only *v6only, int n)
{
	int saved_errno = errno;
	int result;

	env_report_errors();
	result = next_listen(v6only->fd, n);
	if (result != 0 && errno == EADDRINUSE && v6only_begin_retry(v6only)) {
		result = next_listen(v6only->fd, n);
		v6only_end_retry(v6only);
		errno = EADDRINUSE;
	}
	if (result != 0) {
		v6only_undo(v6only);
		return result;
	}
	finish_listening(v6only);
	errno = saved_errno;
	return result;
}

EXPORT int listen(int fd, int n)
{
	struct v6only v6only;
	int result = read_listening(fd, &v6only) ? listen_or_retry(&v6only, n) : next_listen(fd, n);

	/* An inherited socket. */
	if (result == 0 && fd_flags(fd) == 0)
		first_use_listen(fd);
	return result;
}
