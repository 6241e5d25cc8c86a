/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to the kernel about a socket, and what a socket met for the first time is. */
#include "sys/sockets.h"

#include "sys/env.h"
#include "sys/log.h"
#include "sys/mark.h"
#include "sys/memory.h"
#include "sys/next.h"
#include "sys/option.h"

#include <errno.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

bool sockets_ask_nature(int fd, struct nature *ret)
{
	return option_ask(fd, SOL_SOCKET, SO_DOMAIN, &ret->domain) &&
	       option_ask(fd, SOL_SOCKET, SO_TYPE, &ret->type) &&
	       option_ask(fd, SOL_SOCKET, SO_PROTOCOL, &ret->protocol);
}

static bool is_udp(const struct nature *nature)
{
	if (nature->domain != AF_INET && nature->domain != AF_INET6)
		return false;
	if (nature->type != SOCK_DGRAM)
		return false;
	return nature->protocol == 0 || nature->protocol == IPPROTO_UDP ||
	       nature->protocol == IPPROTO_UDPLITE;
}

enum rules_protocol sockets_protocol(const struct nature *nature)
{
	bool is_inet = nature->domain == AF_INET || nature->domain == AF_INET6;

	if (is_udp(nature))
		return RULES_UDP;
	if (is_inet && nature->type == SOCK_STREAM &&
		(nature->protocol == 0 || nature->protocol == IPPROTO_TCP ||
			nature->protocol == IPPROTO_MPTCP))
		return RULES_TCP;
	return RULES_OTHER;
}

/* An unbound socket may be the one that answers what another was asked. It has no port for a rule
 * to name, so it is what the other has learnt that counts, unless a rule says off of port 0. */
static bool may_follow(const struct settings *settings)
{
	const struct rule *rule = rules_find(&settings->reply, RULES_UDP, 0);

	return settings_want_replies(settings) && settings->follow &&
	       (rule == NULL || rule->word == REPLY_ON);
}

uint32_t sockets_facts_of_unbound(void)
{
	if (may_follow(env_settings()))
		return FACT_KNOWN | FACT_UDP | FACT_OPEN;
	return FACT_KNOWN | FACT_UDP;
}

uint32_t sockets_facts_of_nature(const struct nature *nature)
{
	return is_udp(nature) ? sockets_facts_of_unbound() : FACT_KNOWN;
}

bool sockets_is_listener(const struct nature *nature)
{
	return nature->domain == AF_INET6 &&
	       (nature->type == SOCK_STREAM || nature->type == SOCK_DGRAM ||
		       nature->type == SOCK_SEQPACKET);
}

void sockets_report_inherited(int fd, const struct nature *nature, const struct endpoint *local)
{
	const struct rules *rules = &env_settings()->v6only;
	struct listener listener = {.protocol = sockets_protocol(nature), .bound = *local};
	char text[ENDPOINT_TEXT], reason[LISTENERS_REASON];

	if (local->port == 0 || !sockets_is_listener(nature))
		return;
	listener.is_v6only = sockets_is_v6only(fd);
	switch (listeners_judge(rules, &listener)) {
	case LISTENERS_SET:
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: was bound before this program got it; IPV6_V6ONLY cannot be "
			"set any more (%s), so it takes IPv4 too",
			fd, sockets_protocol_name(nature), endpoint_format(local, text),
			listeners_format_reason(rules, &listener, reason));
		break;
	case LISTENERS_CLEAR:
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: was bound before this program got it; IPV6_V6ONLY cannot be "
			"cleared any more (%s), so it takes no IPv4",
			fd, sockets_protocol_name(nature), endpoint_format(local, text),
			listeners_format_reason(rules, &listener, reason));
		break;
	default:
		break;
	}
}

bool sockets_wants_replies(const struct nature *nature, const struct endpoint *local)
{
	const struct settings *settings = env_settings();

	return settings->is_on && is_udp(nature) && address_is_wildcard(&local->addr) &&
	       rules_word(&settings->reply, RULES_UDP, ntohs(local->port)) == REPLY_ON;
}

bool sockets_is_v6only(int fd)
{
	int v6only = 0;

	return option_ask(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only) && v6only != 0;
}

bool sockets_set_v6only(int fd, bool on)
{
	return option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
}

bool sockets_ask_local(int fd, struct endpoint *ret)
{
	int saved_errno = errno;
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	bool is_known = getsockname(fd, (struct sockaddr *)&local, &len) == 0 &&
			endpoint_from_sockaddr((const struct sockaddr *)&local, len, ret);

	errno = saved_errno;
	return is_known;
}

unsigned int sockets_report_families(int fd, int domain)
{
	if (domain == AF_INET)
		return PKTINFO_V4;
	return sockets_is_v6only(fd) ? PKTINFO_V6 : PKTINFO_V4 | PKTINFO_V6;
}

unsigned int sockets_own_reports(int fd, int domain)
{
	unsigned int on = pktinfo_ask(fd, domain == AF_INET ? PKTINFO_V4 : PKTINFO_V4 | PKTINFO_V6);
	unsigned int own;

	return on != 0 && mark_read(fd, &own) ? on & own : on;
}

unsigned int sockets_start_reports(int fd, unsigned int families, unsigned int own)
{
	unsigned int ours = families & ~own;

	/* Marked first: whoever meets the socket in between, in another process, must not take
	 * reports of ours for the program's. */
	if (ours != 0)
		mark_set(fd, own);
	return pktinfo_switch(fd, ours, true);
}

void sockets_stop_reports(int fd, unsigned int families)
{
	pktinfo_switch(fd, families, false);
	mark_clear(fd);
}

bool sockets_note_watched(int fd, unsigned int own, in_port_t port)
{
	uint32_t kept = facts_of(fd) & FACT_HAS_MULTICAST_IF;

	memory_make_peers();
	return facts_set(fd, kept | FACT_KNOWN | FACT_UDP | FACT_WATCHED | FACT_OPEN |
				     sockets_own_facts(own) | (uint32_t)port << FACT_PORT_SHIFT);
}

/* What no two sockets of a host have in common; 0 if the kernel does not say (Linux 4.12). */
static uint64_t ask_cookie(int fd)
{
	int saved_errno = errno;
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (next_getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	errno = saved_errno;
	return cookie;
}

static void note_own(int fd, uint32_t own, bool is_own)
{
	facts_set(fd, is_own ? facts_of(fd) | own : facts_of(fd) & ~own);
}

/* The number of a duplicate is nearly always a low one. */
void sockets_note_own(int fd, unsigned int family, bool is_own)
{
	uint32_t own = sockets_own_facts(family);
	in_port_t port = facts_port(facts_of(fd));
	uint64_t cookie = ask_cookie(fd);

	note_own(fd, own, is_own);
	for (int other = 0; other < facts_end(); other++) {
		uint32_t facts = facts_at_hand(other);

		if (facts & FACT_WATCHED && facts_port(facts) == port && other != fd &&
			cookie != 0 && ask_cookie(other) == cookie)
			note_own(other, own, is_own);
	}
}

/* Reports that are on already count as the program's own wish, unless the socket is marked: they
 * may be, and its messages must not go astray. */
static void watch_late(int fd, const struct nature *nature, const struct endpoint *local)
{
	unsigned int families = sockets_report_families(fd, nature->domain);
	unsigned int own = sockets_own_reports(fd, nature->domain);
	char text[ENDPOINT_TEXT];

	/* Noted first: a datagram that another thread receives between the two lines has no report,
	 * which harms nothing, where an unexpected report would be seen by the program. */
	if (!sockets_note_watched(fd, own, local->port))
		return;
	sockets_start_reports(fd, families, own);
	if (log_wants(LOG_LEVEL_INFO))
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: met already bound; replies leave from the address asked", fd,
			sockets_protocol_name(nature), endpoint_format(local, text));
}

void sockets_close_to_sources(int fd)
{
	facts_set(fd, facts_of(fd) & ~(uint32_t)FACT_OPEN);
}

static void meet_inherited(int fd, const struct nature *nature, const struct endpoint *local)
{
	sockets_report_inherited(fd, nature, local);
	if (sockets_wants_replies(nature, local))
		watch_late(fd, nature, local);
	else
		sockets_close_to_sources(fd);
}

/* The bind was seen if the socket is marked. Else it has its address by connect or by sending, and
 * is no server's. */
static void meet_shared(int fd, const struct nature *nature, const struct endpoint *local)
{
	unsigned int own;

	if (mark_read(fd, &own))
		watch_late(fd, nature, local);
	else if (!sockets_wants_replies(nature, local))
		sockets_close_to_sources(fd);
}

static void meet(int fd)
{
	uint32_t before = facts_of(fd);
	struct nature nature;
	struct endpoint local;
	bool is_bound;

	if (!sockets_ask_nature(fd, &nature) ||
		!facts_set(fd, sockets_facts_of_nature(&nature) | (before & FACT_WISHES)) ||
		!is_udp(&nature))
		return;
	is_bound = sockets_ask_local(fd, &local) &&
		   (local.port != 0 || !address_is_wildcard(&local.addr));
	if (!(before & FACT_SHARED)) {
		/* If it is not bound, its bind will tell. */
		if (is_bound)
			meet_inherited(fd, &nature, &local);
	} else if (is_bound) {
		meet_shared(fd, &nature, &local);
	} else {
		facts_set(fd, before);
	}
}

uint32_t sockets_meet(int fd)
{
	uint32_t facts;

	if (!settings_want_replies(env_settings()))
		return 0;
	if (!(facts_of(fd) & FACT_KNOWN))
		meet(fd);
	facts = facts_of(fd);
	/* Asked again next time; for now it is unbound. */
	return facts & FACT_SHARED ? facts | sockets_facts_of_unbound() : facts;
}

bool sockets_is_gone(int fd)
{
	if (errno != EBADF && errno != ENOTSOCK)
		return false;
	facts_set(fd, 0);
	return true;
}

const char *sockets_protocol_name(const struct nature *nature)
{
	switch (nature->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_MPTCP:
		return "mptcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	default:
		return "socket";
	}
}
