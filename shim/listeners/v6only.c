/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IPV6_V6ONLY on sockets being bound; v6only.h says when each function is called.
 *
 * Under auto, nothing is done until libc's own call has failed. Acting earlier could lose IPv4
 * clients for nothing: the other socket on the port may never listen, or may be closed first. If
 * the AF_INET socket was bound first, the AF_INET6 one is made V6ONLY. If that is impossible
 * (already bound, bound first itself, or keyword dual), both share the port (share.h).
 */
#include "listeners/v6only.h"

#include "listeners/ports.h"
#include "runtime/env.h"
#include "runtime/impl.h"
#include "runtime/log.h"
#include "runtime/status.h"

#include <errno.h>

/* What has the port for IPv4. */
static const char same_process[] = "another socket of this process";
static const char another_process[] = "another process";
static const char connections[] = "connections that are not yet closed";

static const struct rules *find_rules(void)
{
	return &env_settings()->v6only;
}

static void set(struct v6only *v6only, const char *taken)
{
	v6only->taken = taken;
	v6only->is_set = sockets_set_v6only(v6only->fd, true);
}

struct v6only v6only_of_bound(int fd, const struct kind *kind, const struct endpoint *bound)
{
	return (struct v6only){
		.fd = fd,
		.kind = *kind,
		.listener = {.protocol = sockets_protocol(kind), .bound = *bound},
		.decision = DECISION_LEAVE,
		.app_flags = fd_flags(fd) & (FD_APP_CLEARED_V6ONLY | FD_APP_SET_V6ONLY),
		.share = {.fd = -1},
	};
}

static bool is_concerned(const struct v6only *v6only)
{
	return sockets_is_listener(&v6only->kind) &&
	       decide_applies(find_rules(), &v6only->listener);
}

static bool may_share(const struct v6only *v6only)
{
	return decide_may_share(find_rules(), &v6only->listener);
}

/* As the program set it, if that was seen; otherwise the kernel is asked, if the answer matters. */
static bool is_v6only(const struct v6only *v6only)
{
	if (v6only->app_flags != 0)
		return v6only->app_flags & FD_APP_SET_V6ONLY;
	return (!decide_leaves(find_rules(), &v6only->listener) || log_wants(LOG_LEVEL_INFO)) &&
	       sockets_is_v6only(v6only->fd);
}

static void apply_rules(struct v6only *v6only)
{
	v6only->listener.is_v6only = is_v6only(v6only);
	v6only->listener.is_chosen = v6only->app_flags != 0;
	v6only->decision = decide_v6only(find_rules(), &v6only->listener);
	switch (v6only->decision) {
	case DECISION_LEAVE:
	case DECISION_SET_IF_TAKEN: /* decided after the call has failed */
		break;
	case DECISION_SET:
		set(v6only, NULL);
		break;
	case DECISION_CLEAR:
		v6only->is_cleared = sockets_set_v6only(v6only->fd, false);
		break;
	}
}

void v6only_prepare(
	struct v6only *v6only, int fd, const struct kind *kind, const struct endpoint *bound)
{
	*v6only = v6only_of_bound(fd, kind, bound);
	if (is_concerned(v6only))
		apply_rules(v6only);
}

/* What has the port for IPv4; NULL if nothing is known to have it. */
static const char *find_holder(const struct v6only *v6only)
{
	const struct kind *kind = &v6only->kind;
	in_port_t port = v6only->listener.bound.port;

	if (share_find(AF_INET, kind, port, v6only->fd) >= 0)
		return same_process;
	/* A protocol without a table in the kernel has no TIME_WAIT either. */
	if (ports_are_held(AF_INET, kind, port, v6only->listener.protocol == RULES_OTHER))
		return another_process;
	return NULL;
}

/* Changes IPV6_V6ONLY, if that may help, after the call has failed. */
static bool change_v6only(struct v6only *v6only)
{
	const char *holder = NULL;

	if (v6only->is_cleared || v6only->decision == DECISION_SET_IF_TAKEN)
		holder = find_holder(v6only);
	if (v6only->is_cleared) {
		v6only->taken = holder != NULL ? holder : connections;
		v6only->is_cleared = !sockets_set_v6only(v6only->fd, true);
		return !v6only->is_cleared;
	}
	if (holder == NULL || v6only->is_set)
		return false;
	set(v6only, holder);
	return v6only->is_set;
}

bool v6only_begin_retry(struct v6only *v6only)
{
	return change_v6only(v6only) ||
	       (may_share(v6only) && share_begin(v6only->fd, &v6only->kind,
					     v6only->listener.bound.port, &v6only->share));
}

void v6only_end_retry(struct v6only *v6only)
{
	if (v6only->share.fd >= 0)
		share_end(v6only->fd, &v6only->share);
}

void v6only_undo(const struct v6only *v6only)
{
	if (v6only->is_set)
		sockets_set_v6only(v6only->fd, false);
	if (v6only->is_cleared)
		sockets_set_v6only(v6only->fd, true);
}

/* Overriding the program's own choice deserves a warning. */
static bool log_override(
	const struct v6only *v6only, const char *protocol, const char *local, const char *reason)
{
	unsigned int port = ntohs(v6only->listener.bound.port);

	if (v6only->decision == DECISION_SET && v6only->app_flags & FD_APP_CLEARED_V6ONLY)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY set although the program cleared it (%s): port "
			"%u takes no IPv4 through this socket; "
			"to keep IPv4, use the keyword auto, default or off",
			v6only->fd, protocol, local, reason, port);
	else if (v6only->is_cleared && v6only->app_flags & FD_APP_SET_V6ONLY)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY cleared although the program set it (%s): port "
			"%u takes IPv4 through this socket; to prevent that, use any other keyword",
			v6only->fd, protocol, local, reason, port);
	else
		return false;
	return true;
}

static const char *describe(const struct v6only *v6only)
{
	if (v6only->is_set)
		return "IPV6_V6ONLY set";
	if (v6only->is_cleared)
		return "IPV6_V6ONLY cleared";
	return v6only->listener.is_v6only || v6only->taken != NULL
		       ? "IPV6_V6ONLY left set"
		       : "IPV6_V6ONLY left clear, takes IPv4 too";
}

/* Without this library the bind would have failed, and the administrator would have noticed. */
static enum log_level find_level(const struct v6only *v6only)
{
	return v6only->is_set && v6only->taken == another_process ? LOG_LEVEL_WARN : LOG_LEVEL_INFO;
}

static void log_decision(const struct v6only *v6only, const struct endpoint *local)
{
	const char *protocol = sockets_protocol_name(&v6only->kind);
	const char *taken = v6only->taken;
	char text[ENDPOINT_TEXT], reason[DECIDE_REASON];

	endpoint_format(local, text);
	decide_format_reason(find_rules(), &v6only->listener, reason);
	if (!log_override(v6only, protocol, text, reason))
		log_line(find_level(v6only), "fd %d %s %s: %s (%s)%s%s", v6only->fd, protocol, text,
			describe(v6only), reason,
			taken != NULL ? "; IPv4 on this port belongs to " : "",
			taken != NULL ? taken : "");
}

void v6only_log_sharing(const struct v6only *v6only)
{
	if (v6only->share.fd >= 0)
		log_line(LOG_LEVEL_INFO,
			"fd %d %s port %u: shared with fd %d; IPv4 goes to the AF_INET socket",
			v6only->fd, sockets_protocol_name(&v6only->kind),
			ntohs(v6only->listener.bound.port), v6only->share.fd);
}

/* An ephemeral port is known only now. The kernel is asked only if the line will be logged. */
static struct endpoint find_local(const struct v6only *v6only)
{
	struct endpoint local = v6only->listener.bound;

	if (local.port == 0)
		sockets_get_local(v6only->fd, &local);
	return local;
}

static void count_decision(const struct v6only *v6only)
{
	if (v6only->is_set)
		status_count_event(STATUS_V6ONLY_SET);
	else
		status_count_event(v6only->is_cleared ? STATUS_V6ONLY_CLEARED : STATUS_V6ONLY_LEFT);
}

void v6only_finish(const struct v6only *v6only)
{
	struct endpoint local;

	/* A stream socket shares again when it listens, and is logged then. */
	if (v6only->kind.type == SOCK_DGRAM)
		v6only_log_sharing(v6only);
	if (!is_concerned(v6only))
		return;
	count_decision(v6only);
	if (log_wants(LOG_LEVEL_WARN)) {
		local = find_local(v6only);
		log_decision(v6only, &local);
	}
}

bool v6only_is_set(const struct v6only *v6only)
{
	return v6only->is_set || (v6only->listener.is_v6only && !v6only->is_cleared);
}

void v6only_report_inherited(int fd)
{
	const struct rules *rules = find_rules();
	char text[ENDPOINT_TEXT], reason[DECIDE_REASON];
	struct listener listener = {.is_chosen = false};
	struct kind kind;

	if (!sockets_get_kind(fd, &kind) || !sockets_is_listener(&kind) ||
		!sockets_get_local(fd, &listener.bound) || listener.bound.port == 0)
		return;
	listener.protocol = sockets_protocol(&kind);
	listener.is_v6only = sockets_is_v6only(fd);
	switch (decide_v6only(rules, &listener)) {
	case DECISION_SET:
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: inherited already bound: IPV6_V6ONLY can no longer be set (%s), so it "
			"takes IPv4 too; set it where the socket is bound (systemd: BindIPv6Only=ipv6-only)",
			fd, sockets_protocol_name(&kind), endpoint_format(&listener.bound, text),
			decide_format_reason(rules, &listener, reason));
		break;
	case DECISION_CLEAR:
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: inherited already bound: IPV6_V6ONLY can no longer be cleared (%s), so it "
			"takes no IPv4; clear it where the socket is bound (systemd: BindIPv6Only=both)",
			fd, sockets_protocol_name(&kind), endpoint_format(&listener.bound, text),
			decide_format_reason(rules, &listener, reason));
		break;
	case DECISION_LEAVE:
	case DECISION_SET_IF_TAKEN:
		break;
	}
}
