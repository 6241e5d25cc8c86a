/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A UDP socket bound to a wildcard address gets its local address at connect, by routing to the
 * peer, and keeps it when it is connected again. So it is connected twice, first to where the
 * kernel takes the address that we want (net/ipv4/datagram.c, net/ipv6/datagram.c):
 *   - IPv4, v4-mapped too: to the multicast group 224.0.0.1, for which the kernel takes the address
 *     given as IP_MULTICAST_IF. The option is put back. (Connecting to the address itself does not
 *     do: the local route of a secondary address prefers the primary one.)
 *   - IPv6: to the address itself.
 * No packet is sent by that. Where the program set IP_MULTICAST_IF itself, the socket is left
 * alone. Both a bound and an unbound socket are, after connecting to AF_UNSPEC, what they were
 * before, but for the device that they were bound to (SO_BINDTODEVICE), which is set again.
 */
#include "sys/pin.h"

#include "sys/next.h"

#include <errno.h>

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

static bool pin_v6(int fd, const struct source *source)
{
	const struct endpoint self = {
		.addr = source->addr,
		.scope = source->ifindex,
		.port = htons(DISCARD_PORT),
	};

	return connect_to(fd, &self, AF_INET6);
}

static bool pin(int fd, const struct source *source)
{
	int domain = AF_UNSPEC;
	socklen_t len = sizeof(domain);

	if (next_getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0)
		return false;
	if (address_is_v4(&source->addr))
		return pin_v4(fd, domain, address_to_v4(&source->addr));
	return domain == AF_INET6 && pin_v6(fd, source);
}

bool pin_begin(int fd, const struct source *source, struct pin *ret)
{
	int saved_errno = errno;
	bool is_pinned;

	ret->device_len = sizeof(ret->device);
	if (next_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ret->device, &ret->device_len) != 0)
		ret->device_len = 0;
	is_pinned = pin(fd, source);
	errno = saved_errno;
	return is_pinned;
}

void pin_undo(int fd, const struct pin *pin)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	int saved_errno = errno;

	next_connect(fd, &unspecified, sizeof(unspecified));
	if (pin->device_len != 0)
		next_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, pin->device, pin->device_len);
	errno = saved_errno;
}
