/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bind and listen: where an AF_INET6 listener is made V6ONLY and a UDP socket starts to report
 * destinations. Both are done right before the kernel's bind: a program may clear V6ONLY between
 * socket and bind, and no datagram is to slip in between. A bind that fails leaves the socket's
 * options as they were.
 */
#include "calls/own.h"
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
	bool is_made_v6only;
	bool is_overridden; /* the program itself had cleared V6ONLY */
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

static bool is_listener(const struct nature *nature)
{
	return nature->domain == AF_INET6 &&
	       (nature->type == SOCK_STREAM || nature->type == SOCK_DGRAM ||
		       nature->type == SOCK_SEQPACKET);
}

static void prepare_v6only(struct binding *binding)
{
	binding->is_made_v6only = is_listener(&binding->nature) &&
				  listeners_want_v6only(env_settings()->v6only, &binding->wanted) &&
				  !sockets_is_v6only(binding->fd) &&
				  sockets_set_v6only(binding->fd, true);
	binding->is_overridden =
		binding->is_made_v6only && facts_of(binding->fd) & FACT_WANTS_DUAL_STACK;
}

static void prepare_reports(struct binding *binding)
{
	unsigned int families;

	binding->is_watched = false;
	binding->our_reports = 0;
	binding->facts_before = facts_of(binding->fd);
	if (!env_settings()->reply || !(sockets_facts_of_nature(&binding->nature) & FACT_UDP) ||
		binding->facts_before & FACT_WATCHED)
		return;
	families = sockets_report_families(binding->fd, binding->nature.domain);
	binding->own_reports = pktinfo_ask(binding->fd, families);
	binding->is_watched =
		sockets_note_watched(binding->fd, binding->own_reports, binding->wanted.port);
	if (binding->is_watched)
		binding->our_reports =
			pktinfo_switch(binding->fd, families & ~binding->own_reports, true);
}

static void undo(const struct binding *binding)
{
	if (binding->is_watched) {
		pktinfo_switch(binding->fd, binding->our_reports, false);
		facts_set(binding->fd, binding->facts_before);
	}
	if (binding->is_made_v6only)
		sockets_set_v6only(binding->fd, false);
}

static void log_binding(const struct binding *binding, const struct endpoint *local)
{
	const char *protocol = sockets_protocol_name(&binding->nature);
	const char *policy = listeners_policy_word(env_settings()->v6only);
	char text[ENDPOINT_TEXT];

	if (!log_wants(LOG_LEVEL_WARN))
		return;
	endpoint_format(local, text);
	if (binding->is_overridden)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY set although the program cleared it "
			"(BINDRIGHT_V6ONLY=%s): port %u takes no IPv4 through this socket; the word "
			"off keeps it",
			binding->fd, protocol, text, policy, ntohs(local->port));
	else if (binding->is_made_v6only)
		log_line(LOG_LEVEL_INFO, "fd %d %s %s: IPV6_V6ONLY set (BINDRIGHT_V6ONLY=%s)",
			binding->fd, protocol, text, policy);
	if (binding->is_watched)
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: watched; replies leave from the address asked", binding->fd,
			protocol, text);
}

static void finish(const struct binding *binding)
{
	struct endpoint local = binding->wanted;

	/* An ephemeral port is known only now. */
	if (binding->is_watched && local.port == 0 && sockets_ask_local(binding->fd, &local))
		sockets_note_watched(binding->fd, binding->own_reports, local.port);
	log_binding(binding, &local);
}

/* A bind that we leave alone. A socket that has an address of its own needs no source from us. */
static int bind_elsewhere(int fd, const struct sockaddr *addr, socklen_t len)
{
	int result = next_bind(fd, addr, len);

	if (result == 0)
		facts_set(fd, facts_of(fd) & ~(uint32_t)FACT_OPEN);
	return result;
}

EXPORT int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct binding binding;
	int result;

	if (!read_binding(fd, addr, len, &binding))
		return bind_elsewhere(fd, addr, len);
	prepare_v6only(&binding);
	prepare_reports(&binding);
	result = next_bind(fd, addr, len);
	if (result == 0) {
		finish(&binding);
	} else {
		int saved_errno = errno;

		undo(&binding);
		errno = saved_errno;
	}
	return result;
}

/* A socket that came to us already bound cannot be made V6ONLY any more (EINVAL). */
static void report_inherited(int fd)
{
	const struct settings *settings = env_settings();
	struct nature nature;
	struct endpoint local;
	char text[ENDPOINT_TEXT];

	if (!settings->is_on || facts_of(fd) & FACT_KNOWN || !sockets_ask_nature(fd, &nature))
		return;
	facts_set(fd, sockets_facts_of_nature(&nature));
	if (!is_listener(&nature) || !sockets_ask_local(fd, &local) ||
		!listeners_want_v6only(settings->v6only, &local) || sockets_is_v6only(fd))
		return;
	log_line(LOG_LEVEL_WARN,
		"fd %d %s %s: was bound before this program got it; IPV6_V6ONLY cannot be set any "
		"more, so it takes IPv4 too",
		fd, sockets_protocol_name(&nature), endpoint_format(&local, text));
}

EXPORT int listen(int fd, int n)
{
	int result = next_listen(fd, n);

	if (result == 0)
		report_inherited(fd);
	return result;
}

int own_bind(int fd, const struct sockaddr *addr, socklen_t len) ALIAS_OF(bind)
	__attribute__((nothrow, leaf));
