/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One form of address for both families: sixteen bytes in network order, IPv4 as v4-mapped (RFC
 * 4291, section 2.5.5.2). A peer that a dual-stack socket reports as ::ffff:192.0.2.1 and an
 * AF_INET socket as 192.0.2.1 is one peer here, and the layers above handle one case instead of
 * two.
 *
 * The inline functions touch nothing but their arguments.
 */
#ifndef SOCKETS_ADDRESS_H
#define SOCKETS_ADDRESS_H

#include "attributes.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct address {
	uint32_t word[4]; /* network byte order */
};

/* Either end of a datagram. */
struct endpoint {
	struct address addr;
	uint32_t scope; /* interface index of a link-local address, else 0 */
	in_port_t port; /* network byte order */
};

/* The source address of a reply. */
struct source {
	struct address addr;
	uint32_t ifindex; /* of a link-local address, else 0: routing chooses */
};

/* Buffer space for the longest text of endpoint_format, with its NUL. */
enum { ENDPOINT_TEXT = INET6_ADDRSTRLEN + sizeof("[%4294967295]:65535") };

HOT_INLINE struct address address_from_v4(struct in_addr v4)
{
	return (struct address){{0, 0, htonl(0xffff), v4.s_addr}};
}

static inline struct address address_from_v6(const struct in6_addr *v6)
{
	struct address addr;

	memcpy(&addr, v6, sizeof(addr));
	return addr;
}

static inline struct in_addr address_to_v4(const struct address *addr)
{
	return (struct in_addr){.s_addr = addr->word[3]};
}

static inline struct in6_addr address_to_v6(const struct address *addr)
{
	struct in6_addr v6;

	memcpy(&v6, addr, sizeof(v6));
	return v6;
}

/* Whether addr is an IPv4 address in v4-mapped form. */
HOT_INLINE bool address_is_v4(const struct address *addr)
{
	return (addr->word[0] | addr->word[1] | (addr->word[2] ^ htonl(0xffff))) == 0;
}

static inline bool address_is_equal(const struct address *a, const struct address *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether addr is exactly ::. 0.0.0.0 is not. */
static inline bool address_is_v6_wildcard(const struct address *addr)
{
	return (addr->word[0] | addr->word[1] | addr->word[2] | addr->word[3]) == 0;
}

/* Whether addr is :: or 0.0.0.0. */
static inline bool address_is_wildcard(const struct address *addr)
{
	return address_is_v6_wildcard(addr) || (address_is_v4(addr) && addr->word[3] == INADDR_ANY);
}

/* Whether addr can be a destination but never a source: multicast of either family, or
 * 255.255.255.255. A subnet's broadcast address needs the netmask and is not recognised. */
static inline bool address_is_group(const struct address *addr)
{
	if (address_is_v4(addr))
		return IN_MULTICAST(ntohl(addr->word[3])) || addr->word[3] == INADDR_BROADCAST;
	return ntohl(addr->word[0]) >> 24 == 0xff;
}

/* Whether addr is in fe80::/10. */
static inline bool address_is_link_local(const struct address *addr)
{
	return (addr->word[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}

/*
 * Reads an AF_INET or AF_INET6 address. AF_UNSPEC is read as AF_INET, as the kernel's bind and
 * sendto on an AF_INET socket do. Returns false and leaves *ret untouched for other families and
 * for lengths that the kernel would refuse.
 */
static inline bool endpoint_from_sockaddr(
	const struct sockaddr *sa, socklen_t len, struct endpoint *ret)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)sa;

	if (len >= sizeof(*sin) && (sa->sa_family == AF_INET || sa->sa_family == AF_UNSPEC)) {
		ret->addr = address_from_v4(sin->sin_addr);
		ret->port = sin->sin_port;
		ret->scope = 0;
		return true;
	}
	/* The kernel accepts RFC 2133's shorter structure too, which has no scope id. */
	if (len >= offsetof(struct sockaddr_in6, sin6_scope_id) && sa->sa_family == AF_INET6) {
		ret->addr = address_from_v6(&sin6->sin6_addr);
		ret->port = sin6->sin6_port;
		ret->scope = len >= sizeof(*sin6) && address_is_link_local(&ret->addr)
				     ? sin6->sin6_scope_id
				     : 0;
		return true;
	}
	return false;
}

/* Writes "192.0.2.1:53" or "[fe80::1%2]:53" to text and returns text. */
const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT]);
/* The same for a socket address; returns "?" if it is neither IPv4 nor IPv6. */
const char *sockaddr_format(const struct sockaddr *sa, socklen_t len, char text[ENDPOINT_TEXT]);
/* The same for an address alone: "192.0.2.1" or "fe80::1". */
const char *address_format(const struct address *addr, char text[ENDPOINT_TEXT]);

#endif
