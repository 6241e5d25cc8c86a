/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A UDP socket bound to a wildcard address gets its local address at connect, by routing to the
 * peer, and keeps it when it is connected again. So it is connected twice, first to where the
 * kernel takes the address that we want (net/ipv4/datagram.c, net/ipv6/datagram.c):
 *   - IPv4, v4-mapped too: to the multicast group 224.0.0.1, for which the kernel takes the address
 *     given as IP_MULTICAST_IF. The option is put back. (Connecting to the address itself does not
 *     do: the local route of a secondary address prefers the primary one.)
 *   - IPv6: to the address itself. Where that is ours no more, or is no interface's (anycast, a
 *     route of the kind local), the kernel takes another, and the pin is undone.
 * No packet is sent by that. Where the program set IP_MULTICAST_IF itself, the socket is left
 * alone. Both a bound and an unbound socket are, after connecting to AF_UNSPEC, what they were
 * before, but for SO_BINDTODEVICE, which is put back.
 */
#include "sys/pin.h"

#include "sys/next.h"
#include "sys/sockets.h"

#include <errno.h>
#include <string.h>

enum { DISCARD_PORT = 9 }; /* nothing is sent there */

static bool connect_to(int fd, const struct endpoint *endpoint, int domain)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = endpoint->port,
		.sin_addr = address_to_v4(&endpoint->addr),
	};
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = endpoint->port,
		.sin6_addr = address_to_v6(&endpoint->addr),
		.sin6_scope_id = endpoint->scope,
	};

	if (domain == AF_INET)
		return next_connect(fd, (const struct sockaddr *)&sin, sizeof(sin)) == 0;
	return next_connect(fd, (const struct sockaddr *)&sin6, sizeof(sin6)) == 0;
}

static bool pin_v4(int fd, int domain, struct in_addr local)
{
	const struct endpoint all_hosts = {
		.addr = address_from_v4((struct in_addr){htonl(INADDR_ALLHOSTS_GROUP)}),
		.port = htons(DISCARD_PORT),
	};
	struct in_addr before = {INADDR_ANY};
	socklen_t len = sizeof(before);
	bool is_pinned;

	if (next_getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &before, &len) != 0 ||
		before.s_addr != INADDR_ANY ||
		next_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &local, sizeof(local)) != 0)
		return false;
	is_pinned = connect_to(fd, &all_hosts, domain);
	next_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &before, sizeof(before));
	return is_pinned;
}

static void unpin(int fd, const struct pin *pin)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	next_connect(fd, &unspecified, sizeof(unspecified));
	if (pin->device[0] != '\0')
		next_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, pin->device, sizeof(pin->device));
}

static bool pin_v6(int fd, const struct source *source, const struct pin *pin)
{
	const struct endpoint self = {
		.addr = source->addr,
		.scope = source->ifindex,
		.port = htons(DISCARD_PORT),
	};

	struct endpoint local;

	if (connect_to(fd, &self, AF_INET6) && sockets_ask_local(fd, &local) &&
		address_is_equal(&local.addr, &source->addr))
		return true;
	/* Also if it has failed: for a link-local address the kernel sets the device first. */
	unpin(fd, pin);
	return false;
}

static void ask_device(int fd, struct pin *ret)
{
	socklen_t len = sizeof(ret->device);

	/* Nothing is written where there is none. */
	memset(ret, 0, sizeof(*ret));
	next_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ret->device, &len);
}

static bool pin(int fd, const struct source *source, struct pin *ret)
{
	struct nature nature;

	ask_device(fd, ret);
	/* What was known of fd may be stale. A stream would be connected in earnest. */
	if (!sockets_ask_nature(fd, &nature) || sockets_protocol(&nature) != RULES_UDP)
		return false;
	if (address_is_v4(&source->addr))
		return pin_v4(fd, nature.domain, address_to_v4(&source->addr));
	return nature.domain == AF_INET6 && pin_v6(fd, source, ret);
}

bool pin_begin(int fd, const struct source *source, struct pin *ret)
{
	int saved_errno = errno;
	bool is_pinned;

	is_pinned = pin(fd, source, ret);
	errno = saved_errno;
	return is_pinned;
}

void pin_undo(int fd, const struct pin *pin)
{
	int saved_errno = errno;

	unpin(fd, pin);
	errno = saved_errno;
}
