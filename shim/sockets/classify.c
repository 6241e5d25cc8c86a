/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags that each call makes; classify.h has the contract. */
#include "sockets/classify.h"

#include "runtime/impl.h"

#include "runtime/env.h"
#include "sockets/tag.h"

#include <net/if.h>
#include <netinet/in.h>

/* An unbound socket may be the one that answers what another was asked. It has no port for a rule
 * to name, so it is what the other has learnt that counts, unless a rule says off of port 0. */
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

/* What the rules say of a socket at this port, as flags. */
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

/* What an unbound socket has of where it stands. */
enum {
	WHERE = FD_BOUND | FD_KERNEL_PORT | FD_CANDIDATE | FD_INTERFACE | FD_MAY_FOLLOW |
		FD_HAS_FOLLOWED
};

uint32_t classify_bound(uint32_t flags, const struct endpoint *local)
{
	flags = (flags & ~(uint32_t)WHERE) | FD_BOUND;
	if (local->port == 0)
		flags |= FD_KERNEL_PORT;
	/* A socket that has an address of its own needs no source from us. */
	if (!address_is_wildcard(&local->addr) || flags & FD_LEFT_ALONE)
		return flags;
	flags |= find_reply_keyword(local->port);
	/* One that the rules leave alone gets no source from others either, unless it is one of
	 * those that answer in their place. */
	if (local->port == 0 || flags & FD_CANDIDATE)
		flags |= may_follow();
	return flags;
}

uint32_t classify_connected(uint32_t flags)
{
	return flags | FD_CONNECTED;
}

/* AF_UNSPEC takes from a socket the port that the kernel chose (inet_unhash by udp_disconnect). */
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

/* The way out that the program chose for a socket before we saw it. (The kernel does not tell of an
 * IP_MULTICAST_IF that was given by an interface's index.) */
static uint32_t get_egress(int fd, uint32_t flags)
{
	char device[IFNAMSIZ];
	uint32_t own = 0;

	if (has_int(fd, IPPROTO_IP, IP_MULTICAST_IF))
		own |= FD_APP_EGRESS | FD_APP_MULTICAST_IF;
	if (flags & FD_INET6 && has_int(fd, IPPROTO_IPV6, IPV6_UNICAST_IF))
		own |= FD_APP_EGRESS | FD_APP_UNICAST_IF;
	if (sockets_get_device(fd, device) || has_int(fd, SOL_SOCKET, SO_MARK) ||
		has_int(fd, IPPROTO_IP, IP_UNICAST_IF))
		own |= FD_APP_EGRESS;
	return own;
}

static uint32_t get_tag(int fd)
{
	struct tag tag;

	if (tag_read(fd, &tag) == TAG_FOUND)
		return FD_WATCHED | fd_flags_of_families(tag.app_families);
	return tag.app_rcvlowat != TAG_RCVLOWAT ? FD_APP_RCVLOWAT : 0;
}

/* A UDP socket that comes from elsewhere. Its port counts as one that the program chose. */
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
	uint32_t flags, identity = 0;
	struct kind kind;

	if (!sockets_get_kind(fd, &kind))
		return 0;
	flags = classify_new(&kind) | FD_INHERITED | app;
	if (flags & FD_UDP)
		flags = classify_udp(fd, flags);
	/* What was tagged elsewhere is watched here, too, but learns only where it has a name. */
	if (flags & FD_WATCHED && flags & FD_CANDIDATE)
		identity = sockets_get_id(fd);
	if (flags & FD_WATCHED && identity == 0)
		flags |= FD_LEFT_ALONE;
	if (!fd_flags_set(fd, flags & ~(uint32_t)FD_WATCHED))
		return 0;
	fd_socket_id_set(fd, identity);
	return fd_flags_change(fd, flags & FD_WATCHED, 0);
}
