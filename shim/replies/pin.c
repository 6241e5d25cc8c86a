/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A UDP socket bound to a wildcard address gets its local address at connect, by routing to the
 * peer, and keeps it when connected again. Pinning therefore disconnects the socket, connects it to
 * a destination for which the kernel chooses the wanted address (net/ipv4/datagram.c,
 * net/ipv6/datagram.c), and then connects it to the peer:
 *   - IPv4, v4-mapped too: to the multicast group 224.0.0.1, for which the kernel chooses the
 *     address given as IP_MULTICAST_IF. The option is restored. (Connecting to the address itself
 *     does not work: the local route of a secondary address prefers the primary one.)
 *   - IPv6: to the address itself. If the host no longer has it, or no interface has it (anycast, a
 *     route of type local), the kernel chooses another, and the pin is given up.
 *
 * None of this sends a packet. A disconnected socket is what it was before, except for
 * SO_BINDTODEVICE and a port that the kernel chose; both are restored.
 */
#include "replies/pin.h"

#include "runtime/impl.h"
#include "sockets/sockets.h"

#include <errno.h>
#include <stdbool.h>

enum { DISCARD_PORT = 9 }; /* never sent to */

/* The program's own settings that a disconnected socket loses. */
struct kept {
	char device[IFNAMSIZ]; /* "" for none */
	in_port_t port;	       /* 0 if it need not be restored */
};

union address_of_either {
	struct sockaddr any;
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
};

static socklen_t make_address(
	const struct endpoint *endpoint, int domain, union address_of_either *ret)
{
	if (domain == AF_INET) {
		ret->sin = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = endpoint->port,
			.sin_addr = address_to_v4(&endpoint->addr),
		};
		return sizeof(ret->sin);
	}
	ret->sin6 = (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = endpoint->port,
		.sin6_addr = address_to_v6(&endpoint->addr),
		.sin6_scope_id = endpoint->scope,
	};
	return sizeof(ret->sin6);
}

static bool connect_to(int fd, const struct endpoint *endpoint, int domain)
{
	union address_of_either to;
	socklen_t len = make_address(endpoint, domain, &to);

	return impl_connect(fd, &to.any, len) == 0;
}

static bool set_device(int fd, const struct kept *kept)
{
	return kept->device[0] == '\0' || impl_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
						  kept->device, sizeof(kept->device)) == 0;
}

/* False if the socket is still connected. */
static bool disconnect(int fd, int domain, const struct kept *kept)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	const struct endpoint any = {
		.addr = domain == AF_INET ? address_from_v4((struct in_addr){INADDR_ANY})
					  : (struct address){{0}},
		.port = kept->port,
	};
	union address_of_either here;
	socklen_t len = make_address(&any, domain, &here);

	if (impl_connect(fd, &unspecified, sizeof(unspecified)) != 0)
		return false;
	set_device(fd, kept);
	if (kept->port != 0)
		impl_bind(fd, &here.any, len);
	return true;
}

static bool set_multicast_if(int fd, struct in_addr local)
{
	return impl_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &local, sizeof(local)) == 0;
}

/* Sets IP_MULTICAST_IF to this address, unless the program has set it. Comes before all else,
 * because a seccomp filter may refuse it (chrony's does). */
static bool prepare_v4(int fd, const struct address *local)
{
	struct in_addr before = {INADDR_ANY};
	socklen_t len = sizeof(before);

	return impl_getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &before, &len) == 0 &&
	       before.s_addr == INADDR_ANY && set_multicast_if(fd, address_to_v4(local));
}

static bool pin_v4(int fd, int domain)
{
	const struct endpoint all_hosts = {
		.addr = address_from_v4((struct in_addr){htonl(INADDR_ALLHOSTS_GROUP)}),
		.port = htons(DISCARD_PORT),
	};
	bool is_pinned = connect_to(fd, &all_hosts, domain);

	set_multicast_if(fd, (struct in_addr){INADDR_ANY});
	return is_pinned;
}

static bool pin_v6(int fd, const struct source *source)
{
	const struct endpoint self = {
		.addr = source->addr,
		.scope = address_is_link_local(&source->addr) ? source->ifindex : 0,
		.port = htons(DISCARD_PORT),
	};
	struct endpoint local;

	return connect_to(fd, &self, AF_INET6) && sockets_get_local(fd, &local) &&
	       address_is_equal(&local.addr, &source->addr);
}

/* Finds what a disconnected socket loses. False if it cannot be restored: to bind to a device may
 * need a privilege, so the socket is bound to the one that it already has, as a test. */
static bool find_kept(int fd, uint32_t flags, struct kept *ret)
{
	struct endpoint local;

	*ret = (struct kept){.port = 0};
	if (flags & FD_APP_EGRESS)
		sockets_get_device(fd, ret->device);
	if (flags & FD_BOUND && flags & FD_KERNEL_PORT && sockets_get_local(fd, &local))
		ret->port = local.port;
	return (ret->port == 0 || impl_may_bind(fd)) && set_device(fd, ret);
}

/* The flags may be stale, and connecting a stream socket would open a connection. */
static bool is_possible(int fd, uint32_t flags, const struct source *source, struct kind *ret_kind)
{
	bool is_v4 = address_is_v4(&source->addr);

	return sockets_get_kind(fd, ret_kind) && sockets_protocol(ret_kind) == RULES_UDP &&
	       (is_v4 || ret_kind->domain == AF_INET6) && !(is_v4 && flags & FD_APP_MULTICAST_IF);
}

int pin_connect(int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len,
	const struct source *source)
{
	bool is_v4 = address_is_v4(&source->addr);
	struct kind kind;
	struct kept kept;
	bool is_pinned;

	if (!is_possible(fd, flags, source, &kind) || !find_kept(fd, flags, &kept) ||
		(is_v4 && !prepare_v4(fd, &source->addr)))
		return 0;
	if (!disconnect(fd, kind.domain, &kept)) {
		if (is_v4)
			set_multicast_if(fd, (struct in_addr){INADDR_ANY});
		return 0;
	}
	is_pinned = is_v4 ? pin_v4(fd, kind.domain) : pin_v6(fd, source);
	if (is_pinned && next_connect(fd, addr, len) == 0)
		return 0;
	disconnect(fd, kind.domain, &kept);
	return next_connect(fd, addr, len);
}
