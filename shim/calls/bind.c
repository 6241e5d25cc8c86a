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
#include <stdio.h>

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

static bool wants_v6only(const struct nature *nature, const struct endpoint *local)
{
	return listeners_want_v6only(&env_settings()->v6only, sockets_protocol(nature), local);
}

static void prepare_v6only(struct binding *binding)
{
	binding->is_made_v6only =
		is_listener(&binding->nature) && wants_v6only(&binding->nature, &binding->wanted) &&
		!sockets_is_v6only(binding->fd) && sockets_set_v6only(binding->fd, true);
	binding->is_overridden =
		binding->is_made_v6only && facts_of(binding->fd) & FACT_WANTS_DUAL_STACK;
}

static void prepare_reports(struct binding *binding)
{
	unsigned int families;

	binding->is_watched = false;
	binding->our_reports = 0;
	binding->facts_before = facts_of(binding->fd);
	if (!sockets_wants_replies(&binding->nature, &binding->wanted) ||
		binding->facts_before & FACT_WATCHED)
		return;
	families = sockets_report_families(binding->fd, binding->nature.domain);
	binding->own_reports = sockets_own_reports(binding->fd, binding->nature.domain);
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

enum { REASON = 64 };

/* Which setting has decided: the first word, or a rule behind it. */
static void format_reason(const struct binding *binding, char reason[REASON])
{
	const struct rules *rules = &env_settings()->v6only;
	const struct rule *rule =
		rules_find(rules, sockets_protocol(&binding->nature), ntohs(binding->wanted.port));
	const char *word = listeners_words[rule != NULL ? rule->word : rules->word];
	char text[RULE_TEXT];

	if (rule == NULL)
		snprintf(reason, REASON, "BINDRIGHT_V6ONLY=%s", word);
	else
		snprintf(reason, REASON, "BINDRIGHT_V6ONLY, rule %s=%s", rule_format(rule, text),
			word);
}

static void log_binding(const struct binding *binding, const struct endpoint *local)
{
	const char *protocol = sockets_protocol_name(&binding->nature);
	char text[ENDPOINT_TEXT], reason[REASON];

	if (!log_wants(LOG_LEVEL_WARN))
		return;
	endpoint_format(local, text);
	format_reason(binding, reason);
	if (binding->is_overridden)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY set although the program cleared it "
			"(%s): port %u takes no IPv4 through this socket; the word off keeps it",
			binding->fd, protocol, text, reason, ntohs(local->port));
	else if (binding->is_made_v6only)
		log_line(LOG_LEVEL_INFO, "fd %d %s %s: IPV6_V6ONLY set (%s)", binding->fd, protocol,
			text, reason);
	if (binding->is_watched)
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: watched; replies leave from the address asked", binding->fd,
			protocol, text);
}

/* What this socket sends is left as it is. */
static void close_to_sources(int fd)
{
	facts_set(fd, facts_of(fd) & ~(uint32_t)FACT_OPEN);
}

static void finish(const struct binding *binding)
{
	struct endpoint local = binding->wanted;

	/* An ephemeral port is known only now. */
	if (binding->is_watched && local.port == 0 && sockets_ask_local(binding->fd, &local))
		sockets_note_watched(binding->fd, binding->own_reports, local.port);
	/* A socket that the rules leave alone gets no source from others either, unless it is one
	 * of those that answer in their place. */
	if (local.port != 0 && !sockets_wants_replies(&binding->nature, &binding->wanted))
		close_to_sources(binding->fd);
	log_binding(binding, &local);
}

/* A bind that we leave alone. A socket that has an address of its own needs no source from us. */
static int bind_elsewhere(int fd, const struct sockaddr *addr, socklen_t len)
{
	int result = next_bind(fd, addr, len);

	if (result == 0)
		close_to_sources(fd);
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
	if (!is_listener(&nature) || !sockets_ask_local(fd, &local) || local.port == 0 ||
		!wants_v6only(&nature, &local) || sockets_is_v6only(fd))
		return;
	log_line(LOG_LEVEL_WARN,
		"fd %d %s %s: was bound before this program got it; IPV6_V6ONLY cannot be set any "
		"more, so it takes IPv4 too",
		fd, sockets_protocol_name(&nature), endpoint_format(&local, text));
}

/* listen binds a socket that is not bound to an ephemeral port: V6ONLY is set on it if a rule says
 * so of port 0. */
static bool prepare_unbound(int fd)
{
	const struct settings *settings = env_settings();
	struct nature nature;
	struct endpoint local;

	if (!settings->is_on || !rules_name_port(&settings->v6only, 0) ||
		!sockets_ask_nature(fd, &nature) || !is_listener(&nature) ||
		!sockets_ask_local(fd, &local) || local.port != 0 ||
		!wants_v6only(&nature, &local) || sockets_is_v6only(fd))
		return false;
	return sockets_set_v6only(fd, true);
}

EXPORT int listen(int fd, int n)
{
	bool is_made_v6only = prepare_unbound(fd);
	int result = next_listen(fd, n);
	int saved_errno = errno;

	if (result == 0)
		report_inherited(fd);
	else if (is_made_v6only)
		sockets_set_v6only(fd, false);
	errno = saved_errno;
	return result;
}

int own_bind(int fd, const struct sockaddr *addr, socklen_t len) ALIAS_OF(bind)
	__attribute__((nothrow, leaf));
