/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bind and listen: where an AF_INET6 listener is made V6ONLY and a UDP socket starts to report
 * destinations. Both are done right before the kernel's bind: a program may clear V6ONLY between
 * socket and bind, and no datagram is to slip in between. A bind that fails leaves the socket's
 * options as they were.
 */
#include "calls/own.h"
#include "calls/v6only.h"
#include "core/attributes.h"
#include "core/listeners.h"
#include "sys/env.h"
#include "sys/log.h"
#include "sys/next.h"
#include "sys/pktinfo.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <errno.h>

/* A bind under way: what was asked, and what we changed for it. */
struct binding {
	int fd;
	struct nature nature;
	struct endpoint wanted;
	struct v6only v6only;
	bool is_watched;
	unsigned int own_reports; /* families that the program switched on itself */
	unsigned int our_reports; /* families that we switched on */
	uint32_t facts_before;
};

/* Whether this bind is one that we have anything to do with: of an AF_INET or AF_INET6 socket to
 * its own family's wildcard address. */
static bool read_binding(int fd, const struct sockaddr *addr, socklen_t len, struct binding *ret)
{
	if (!env_settings()->is_on || len > sizeof(struct sockaddr_storage) ||
		!readable(addr, len) || !endpoint_from_sockaddr(addr, len, &ret->wanted) ||
		!address_is_wildcard(&ret->wanted.addr))
		return false;
	ret->fd = fd;
	if (!sockets_ask_nature(fd, &ret->nature))
		return false;
	if (addr->sa_family == AF_INET6)
		return ret->nature.domain == AF_INET6;
	return ret->nature.domain == AF_INET;
}

static bool is_bound(int fd)
{
	struct endpoint local;

	return sockets_ask_local(fd, &local) && local.port != 0;
}

static void prepare_reports(struct binding *binding)
{
	uint32_t fresh = sockets_facts_of_nature(&binding->nature);
	unsigned int families;

	binding->is_watched = false;
	binding->our_reports = 0;
	binding->facts_before = facts_of(binding->fd);
	/* One that is bound stays as it is, for the kernel will refuse. */
	if (!(fresh & FACT_UDP) || is_bound(binding->fd))
		return;
	/* One that is not cannot be watched: that was another, which had its number before. */
	if (binding->facts_before & FACT_WATCHED) {
		binding->facts_before = fresh;
		facts_set(binding->fd, fresh);
	}
	if (!sockets_wants_replies(&binding->nature, &binding->wanted))
		return;
	families = sockets_report_families(binding->fd, binding->nature.domain);
	binding->own_reports = sockets_own_reports(binding->fd, binding->nature.domain);
	binding->is_watched =
		sockets_note_watched(binding->fd, binding->own_reports, binding->wanted.port);
	if (binding->is_watched)
		binding->our_reports =
			sockets_start_reports(binding->fd, families, binding->own_reports);
}

static void undo(const struct binding *binding)
{
	int error = errno;

	if (binding->is_watched) {
		sockets_stop_reports(binding->fd, binding->our_reports);
		facts_set(binding->fd, binding->facts_before);
	}
	v6only_undo(&binding->v6only);
	v6only_log_failure(&binding->v6only, error);
	errno = error;
}

static void log_watched(const struct binding *binding, const struct endpoint *local)
{
	char text[ENDPOINT_TEXT];

	if (binding->is_watched && log_wants(LOG_LEVEL_INFO))
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: watched; replies leave from the address asked", binding->fd,
			sockets_protocol_name(&binding->nature), endpoint_format(local, text));
}

static void finish(const struct binding *binding)
{
	struct endpoint local = binding->wanted;

	/* An ephemeral port is known only now. */
	if (local.port == 0)
		sockets_ask_local(binding->fd, &local);
	if (binding->is_watched && binding->wanted.port == 0)
		sockets_note_watched(binding->fd, binding->own_reports, local.port);
	/* A socket that the rules leave alone gets no source from others either, unless it is one
	 * of those that answer in their place. */
	if (binding->wanted.port != 0 && !sockets_wants_replies(&binding->nature, &binding->wanted))
		sockets_close_to_sources(binding->fd);
	v6only_finish(&binding->v6only, &local);
	log_watched(binding, &local);
}

static int bind_to_wildcard(struct binding *binding, const struct sockaddr *addr, socklen_t len)
{
	int saved_errno = errno;
	int result;

	v6only_prepare(&binding->v6only, binding->fd, &binding->nature, &binding->wanted);
	prepare_reports(binding);
	result = next_bind(binding->fd, addr, len);
	if (result != 0 && errno == EADDRINUSE && v6only_make_room(&binding->v6only)) {
		result = next_bind(binding->fd, addr, len);
		v6only_leave_room(&binding->v6only);
	}
	if (result != 0) {
		undo(binding);
		return result;
	}
	finish(binding);
	errno = saved_errno;
	return result;
}

/* A bind that we leave alone. A socket that has an address of its own needs no source from us. */
static int bind_elsewhere(int fd, const struct sockaddr *addr, socklen_t len)
{
	int result = next_bind(fd, addr, len);

	if (result == 0)
		sockets_close_to_sources(fd);
	return result;
}

EXPORT int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct binding binding;

	if (!read_binding(fd, addr, len, &binding))
		return bind_elsewhere(fd, addr, len);
	return bind_to_wildcard(&binding, addr, len);
}

/* Not declared by every libc, nor there in every one; libtirpc has one, too. */
int bindresvport(int sd, struct sockaddr_in *sin);

/* libc's makes the bind past us: the socket is met as one that comes bound. */
EXPORT int bindresvport(int sd, struct sockaddr_in *sin)
{
	int result = next_bindresvport(sd, sin);
	uint32_t facts = facts_of(sd);

	if (result == 0 && !(facts & FACT_WATCHED)) {
		facts_set(sd, facts & FACT_WISHES);
		sockets_facts(sd, FACT_WATCHED);
	}
	return result;
}

/* Whether listen may have trouble with fd that we can help, or binds it, to an ephemeral port. */
static bool read_listening(int fd, struct v6only *ret)
{
	const struct settings *settings = env_settings();
	struct nature nature;
	struct endpoint local;

	if (!settings->is_on || !listeners_concern_listen(&settings->v6only) ||
		!sockets_ask_nature(fd, &nature) || !sockets_ask_local(fd, &local) ||
		!address_is_wildcard(&local.addr))
		return false;
	if (local.port == 0)
		v6only_prepare(ret, fd, &nature, &local);
	else
		*ret = v6only_of_bound(fd, &nature, &local);
	return true;
}

/* A socket that came to us already bound is met here. */
static void meet_listener(int fd)
{
	struct nature nature;
	struct endpoint local;

	if (!env_settings()->is_on || facts_of(fd) & FACT_KNOWN || !sockets_ask_nature(fd, &nature))
		return;
	facts_set(fd, sockets_facts_of_nature(&nature));
	if (sockets_ask_local(fd, &local))
		sockets_report_inherited(fd, &nature, &local);
}

/* Where listen has bound the socket, or let it share its port. */
static void finish_listening(const struct v6only *v6only)
{
	struct endpoint local;

	if (v6only->listener.bound.port != 0)
		v6only_log_sharing(v6only);
	else if (sockets_ask_local(v6only->fd, &local))
		v6only_finish(v6only, &local);
}

/* next_listen, with our help. */
static int listen_with(struct v6only *v6only, int n)
{
	int saved_errno = errno;
	int result = next_listen(v6only->fd, n);

	if (result != 0 && errno == EADDRINUSE && v6only_make_room(v6only)) {
		result = next_listen(v6only->fd, n);
		v6only_leave_room(v6only);
	}
	if (result != 0) {
		int error = errno;

		v6only_undo(v6only);
		v6only_log_failure(v6only, error);
		errno = error;
		return result;
	}
	finish_listening(v6only);
	errno = saved_errno;
	return result;
}

EXPORT int listen(int fd, int n)
{
	struct v6only v6only;
	int result = read_listening(fd, &v6only) ? listen_with(&v6only, n) : next_listen(fd, n);

	if (result == 0)
		meet_listener(fd);
	return result;
}

int own_bind(int fd, const struct sockaddr *addr, socklen_t len) ALIAS_OF(bind)
	__attribute__((nothrow, leaf));
