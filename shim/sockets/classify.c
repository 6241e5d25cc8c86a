/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Computes the flags after each call; classify.h has the contract. */
#include "sockets/classify.h"

#include "runtime/impl.h"

#include "runtime/env.h"
#include "sockets/tag.h"

#include <net/if.h>
#include <netinet/in.h>

/* An unbound socket may answer requests that another socket received. It has no port for a rule to
 * name, so what the other socket has learnt decides, unless a rule says off for port 0. */
static uint32_t may_follow(void)
{
	const struct settings *settings = env_settings();
	const struct rule *rule = rules_find(&settings->reply, RULES_UDP, 0);

	return settings->follow && (rule == NULL || rule->keyword != REPLY_OFF) ? FD_MAY_FOLLOW : 0;
}

static uint32_t classify_kind(const struct kind *kind)
{
	uint32_t flags = FD_CLASSIFIED;

	if (kind->domain == AF_INET6)
		flags |= FD_INET | FD_INET6;
	else if (kind->domain == AF_INET)
		flags |= FD_INET;
	else
		return flags;
	if (sockets_protocol(kind) == RULES_UDP)
		flags |= kind->protocol == IPPROTO_UDPLITE ? FD_UDP | FD_UDPLITE : FD_UDP;
	else if (sockets_protocol(kind) == RULES_TCP && kind->protocol <= IPPROTO_TCP)
		flags |= FD_TCP;
	return flags;
}

uint32_t classify_new(const struct kind *kind)
{
	uint32_t flags = classify_kind(kind);

	if (!(flags & FD_UDP))
		return flags;
	if (!settings_want_replies(env_settings()))
		return flags | FD_LEFT_ALONE;
	return flags | may_follow();
}

/* The flags for what the reply rules say about a socket at this port. */
static uint32_t find_reply_keyword(in_port_t port)
{
	switch ((enum reply_policy)rules_keyword(&env_settings()->reply, RULES_UDP, ntohs(port))) {
	case REPLY_ON:
		return FD_CANDIDATE;
	case REPLY_INTERFACE:
		return FD_CANDIDATE | FD_INTERFACE;
	case REPLY_OFF:
		break;
	}
	return 0;
}

/* The flags that bind sets and an unbound socket does not have. */
enum {
	WHERE = FD_BOUND | FD_KERNEL_PORT | FD_CANDIDATE | FD_INTERFACE | FD_MAY_FOLLOW |
		FD_HAS_FOLLOWED
};

uint32_t classify_bound(uint32_t flags, const struct endpoint *local)
{
	flags = (flags & ~(uint32_t)WHERE) | FD_BOUND;
	if (local->port == 0)
		flags |= FD_KERNEL_PORT;
	/* A socket bound to a specific address already sends from it. */
	if (!address_is_wildcard(&local->addr) || flags & FD_LEFT_ALONE)
		return flags;
	flags |= find_reply_keyword(local->port);
	/* A socket that the rules exclude takes no source from other sockets either, unless its
	 * port makes it one of those that answer for others. */
	if (local->port == 0 || flags & FD_CANDIDATE)
		flags |= may_follow();
	return flags;
}

uint32_t classify_connected(uint32_t flags)
{
	return flags | FD_CONNECTED;
}

/* connect to AF_UNSPEC releases a port that the kernel chose (inet_unhash, called by
 * udp_disconnect). */
uint32_t classify_disconnected(uint32_t flags)
{
	flags &= ~(uint32_t)FD_CONNECTED;
	if (flags & FD_BOUND && !(flags & FD_KERNEL_PORT))
		return flags;
	flags &= ~(uint32_t)(WHERE | FD_LEFT_ALONE);
	if (!settings_want_replies(env_settings()))
		return flags | FD_LEFT_ALONE;
	return flags | may_follow();
}

uint32_t classify_sent_first(uint32_t flags)
{
	if (flags & (FD_WATCHED | FD_HAS_FOLLOWED) ||
		(flags & FD_BOUND && !(flags & FD_KERNEL_PORT)))
		return flags;
	return flags | FD_BOUND | FD_KERNEL_PORT | FD_LEFT_ALONE;
}

uint32_t classify_followed(uint32_t flags)
{
	if (!(flags & FD_BOUND))
		flags |= FD_BOUND | FD_KERNEL_PORT;
	if (!(flags & FD_CANDIDATE))
		flags |= FD_CANDIDATE | (find_reply_keyword(0) & FD_INTERFACE);
	return flags | FD_HAS_FOLLOWED;
}

static bool has_int(int fd, int level, int optname)
{
	int value = 0;

	return impl_get_option(fd, level, optname, &value) && value != 0;
}

/* The egress that the program configured before this library saw the socket. The kernel does not
 * report an IP_MULTICAST_IF that was set by interface index. */
static uint32_t get_egress(int fd, uint32_t flags)
{
	char device[IFNAMSIZ];
	uint32_t app = 0;

	if (has_int(fd, IPPROTO_IP, IP_MULTICAST_IF))
		app |= FD_APP_EGRESS | FD_APP_MULTICAST_IF;
	if (flags & FD_INET6 && has_int(fd, IPPROTO_IPV6, IPV6_UNICAST_IF))
		app |= FD_APP_EGRESS | FD_APP_UNICAST_IF;
	if (sockets_get_device(fd, device) || has_int(fd, SOL_SOCKET, SO_MARK) ||
		has_int(fd, IPPROTO_IP, IP_UNICAST_IF))
		app |= FD_APP_EGRESS;
	return app;
}

static uint32_t get_tag(int fd)
{
	struct tag tag;

	if (tag_read(fd, &tag) == TAG_FOUND)
		return FD_WATCHED | fd_flags_of_families(tag.app_families);
	return tag.app_rcvlowat != TAG_RCVLOWAT ? FD_APP_RCVLOWAT : 0;
}

/* Flags of a UDP socket that was created elsewhere. Its port counts as chosen by the program. */
static uint32_t classify_udp(int fd, uint32_t flags)
{
	struct endpoint local;

	if (flags & FD_LEFT_ALONE || !sockets_get_local(fd, &local))
		return flags | FD_LEFT_ALONE;
	if (local.port == 0 && address_is_wildcard(&local.addr))
		return flags;
	flags = classify_bound(flags, &local) | get_tag(fd) | get_egress(fd, flags);
	return sockets_is_connected(fd) ? classify_connected(flags) : flags;
}

uint32_t classify_inherited(int fd)
{
	uint32_t app = fd_flags(fd) & FD_APP_FLAGS;
	uint32_t flags, id = 0;
	struct kind kind;

	if (!sockets_get_kind(fd, &kind))
		return 0;
	flags = classify_new(&kind) | FD_INHERITED | app;
	if (flags & FD_UDP)
		flags = classify_udp(fd, flags);
	/* A socket tagged elsewhere is watched here too, but learns only if the kernel gives its
	 * id. */
	if (flags & FD_WATCHED && flags & FD_CANDIDATE)
		id = sockets_get_id(fd);
	if (flags & FD_WATCHED && id == 0)
		flags |= FD_LEFT_ALONE;
	if (!fd_flags_set(fd, flags & ~(uint32_t)FD_WATCHED))
		return 0;
	fd_socket_id_set(fd, id);
	return fd_flags_change(fd, flags & FD_WATCHED, 0);
}
