/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IPV6_V6ONLY on sockets being bound; v6only.h says when each function is called.
 *
 * Where the AF_INET6 socket came first and is to stay dual-stack (auto, dual), the AF_INET one can
 * have its side of the port after all: the kernel lets two sockets have one port that both have
 * SO_REUSEPORT, and an AF_INET listener goes before a dual-stack one where IPv4 comes in. So both
 * get that option for the moment of the bind, or listen, that looks for conflicts, and then have
 * again what they had. (A third socket of the same user that asks for SO_REUSEPORT itself may bind
 * the port from then on.) Measured on Linux 6.18.
 */
#include "calls/v6only.h"

#include "sys/env.h"
#include "sys/log.h"
#include "sys/next.h"
#include "sys/ports.h"

#include <errno.h>

/* Whose IPv4's side of a port is. */
static const char ours[] = "another socket of this process";
static const char a_relatives[] = "a process forked from the same one";
static const char somebodys[] = "somebody else";

static const struct rules *find_rules(void)
{
	return &env_settings()->v6only;
}

/* Who of ours has IPv4's side of the port; NULL if nobody. */
static const char *find_taker(const struct v6only *v6only)
{
	in_port_t port = v6only->listener.bound.port;

	if (ports_find(PORTS_V4, v6only->listener.protocol, port) >= 0)
		return ours;
	return ports_are_taken_by_relative(&v6only->nature, port) ? a_relatives : NULL;
}

static void set(struct v6only *v6only, const char *taken)
{
	v6only->taken = taken;
	v6only->is_set = sockets_set_v6only(v6only->fd, true);
}

struct v6only v6only_of_bound(int fd, const struct nature *nature, const struct endpoint *bound)
{
	return (struct v6only){
		.fd = fd,
		.nature = *nature,
		.listener = {.protocol = sockets_protocol(nature), .bound = *bound},
		.verdict = LISTENERS_LEAVE,
		.wishes = facts_of(fd) & (FACT_WANTS_DUAL_STACK | FACT_WANTS_V6ONLY),
		.sharing = {.fd = -1},
	};
}

static bool is_concerned(const struct v6only *v6only)
{
	return sockets_is_listener(&v6only->nature) &&
	       listeners_apply(find_rules(), &v6only->listener);
}

void v6only_prepare(
	struct v6only *v6only, int fd, const struct nature *nature, const struct endpoint *bound)
{
	const char *taken;

	*v6only = v6only_of_bound(fd, nature, bound);
	if (!is_concerned(v6only))
		return;
	v6only->listener.is_v6only = sockets_is_v6only(fd);
	v6only->listener.is_chosen = v6only->wishes != 0;
	v6only->verdict = listeners_judge(find_rules(), &v6only->listener);
	switch (v6only->verdict) {
	case LISTENERS_LEAVE:
		break;
	case LISTENERS_SET:
		set(v6only, NULL);
		break;
	case LISTENERS_SET_IF_TAKEN:
		taken = find_taker(v6only);
		if (taken != NULL)
			set(v6only, taken);
		break;
	case LISTENERS_CLEAR:
		v6only->is_cleared = sockets_set_v6only(fd, false);
		break;
	}
}

/* Sets SO_REUSEPORT and gives back what it was; -1 if that cannot be had. */
static int switch_reuse_port(int fd, int value)
{
	int before;
	socklen_t len = sizeof(before);

	if (next_getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &before, &len) != 0 ||
		next_setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, sizeof(value)) != 0)
		return -1;
	return before;
}

static void put_back_reuse_port(int fd, int before)
{
	if (before >= 0)
		next_setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &before, sizeof(before));
}

static bool begin_sharing(struct v6only *v6only)
{
	const struct listener *listener = &v6only->listener;
	enum ports_side other_side = v6only->nature.domain == AF_INET ? PORTS_DUAL : PORTS_V4;
	struct sharing *sharing = &v6only->sharing;

	if (!listeners_may_share(find_rules(), listener))
		return false;
	sharing->fd = ports_find(other_side, listener->protocol, listener->bound.port);
	if (sharing->fd < 0)
		return false;
	sharing->reuse_port = switch_reuse_port(v6only->fd, 1);
	sharing->other_reuse_port = switch_reuse_port(sharing->fd, 1);
	return true;
}

bool v6only_make_room(struct v6only *v6only)
{
	int saved_errno = errno;
	bool has_changed = false;

	if (v6only->verdict == LISTENERS_SET_IF_TAKEN && !v6only->is_set &&
		ports_are_in_use(&v6only->nature, v6only->listener.bound.port)) {
		set(v6only, somebodys);
		has_changed = v6only->is_set;
	} else if (v6only->is_cleared) {
		v6only->is_cleared = !sockets_set_v6only(v6only->fd, true);
		v6only->taken = somebodys;
		has_changed = !v6only->is_cleared;
	}
	if (!has_changed)
		has_changed = begin_sharing(v6only);
	errno = saved_errno;
	return has_changed;
}

void v6only_leave_room(struct v6only *v6only)
{
	const struct sharing *sharing = &v6only->sharing;
	int saved_errno = errno;

	if (sharing->fd >= 0) {
		put_back_reuse_port(v6only->fd, sharing->reuse_port);
		put_back_reuse_port(sharing->fd, sharing->other_reuse_port);
	}
	errno = saved_errno;
}

void v6only_undo(const struct v6only *v6only)
{
	if (v6only->is_set)
		sockets_set_v6only(v6only->fd, false);
	if (v6only->is_cleared)
		sockets_set_v6only(v6only->fd, true);
}

/* Where the program's own word was overridden, someone has to know. */
static bool log_override(
	const struct v6only *v6only, const char *protocol, const char *local, const char *reason)
{
	unsigned int port = ntohs(v6only->listener.bound.port);

	if (v6only->verdict == LISTENERS_SET && v6only->wishes & FACT_WANTS_DUAL_STACK)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY set although the program cleared it (%s): port "
			"%u takes no IPv4 through this socket; the word default or off keeps it",
			v6only->fd, protocol, local, reason, port);
	else if (v6only->is_cleared && v6only->wishes & FACT_WANTS_V6ONLY)
		log_line(LOG_LEVEL_WARN,
			"fd %d %s %s: IPV6_V6ONLY cleared although the program set it (%s): port "
			"%u takes IPv4 through this socket; the word off prevents it",
			v6only->fd, protocol, local, reason, port);
	else
		return false;
	return true;
}

static const char *describe(const struct v6only *v6only)
{
	if (v6only->is_set)
		return "set";
	if (v6only->is_cleared)
		return "cleared";
	return v6only->listener.is_v6only || v6only->taken != NULL ? "left set"
								   : "left clear, takes IPv4 too";
}

static void log_decision(const struct v6only *v6only, const struct endpoint *local)
{
	const char *protocol = sockets_protocol_name(&v6only->nature);
	const char *taken = v6only->taken;
	char text[ENDPOINT_TEXT], reason[LISTENERS_REASON];

	endpoint_format(local, text);
	listeners_format_reason(find_rules(), &v6only->listener, reason);
	if (!log_override(v6only, protocol, text, reason))
		log_line(LOG_LEVEL_INFO, "fd %d %s %s: IPV6_V6ONLY %s (%s)%s%s", v6only->fd,
			protocol, text, describe(v6only), reason,
			taken != NULL ? "; its port's IPv4 side belongs to " : "",
			taken != NULL ? taken : "");
}

void v6only_log_sharing(const struct v6only *v6only)
{
	if (v6only->sharing.fd >= 0)
		log_line(LOG_LEVEL_INFO,
			"fd %d %s port %u: shared with fd %d; IPv4 comes in at the AF_INET one",
			v6only->fd, sockets_protocol_name(&v6only->nature),
			ntohs(v6only->listener.bound.port), v6only->sharing.fd);
}

void v6only_log_failure(const struct v6only *v6only, int error)
{
	const struct listener *listener = &v6only->listener;
	char text[ENDPOINT_TEXT], reason[LISTENERS_REASON];

	if (error == EADDRINUSE && v6only->nature.domain == AF_INET && log_wants(LOG_LEVEL_INFO) &&
		listeners_may_share(find_rules(), listener) &&
		ports_are_noted(PORTS_DUAL, listener->protocol, listener->bound.port))
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: in use: the socket on [::] takes IPv4 there already (%s)",
			v6only->fd, sockets_protocol_name(&v6only->nature),
			endpoint_format(&listener->bound, text),
			listeners_format_reason(find_rules(), listener, reason));
}

static void note_port(const struct v6only *v6only, in_port_t port)
{
	if (!listeners_may_share(find_rules(), &v6only->listener))
		return;
	if (v6only->nature.domain == AF_INET)
		ports_note(PORTS_V4, v6only->listener.protocol, port, v6only->fd);
	else if (!sockets_is_v6only(v6only->fd))
		ports_note(PORTS_DUAL, v6only->listener.protocol, port, v6only->fd);
}

void v6only_finish(const struct v6only *v6only, const struct endpoint *local)
{
	note_port(v6only, local->port);
	if (!log_wants(LOG_LEVEL_WARN))
		return;
	v6only_log_sharing(v6only);
	if (is_concerned(v6only))
		log_decision(v6only, local);
}
