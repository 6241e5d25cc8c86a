/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conversions between socket addresses and the one form of address.h, and the few questions asked
 * of an address. Nothing here touches the kernel or errno.
 */
#include "core/address.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct address address_from_v4(struct in_addr v4)
{
	return (struct address){{0, 0, htonl(0xffff), v4.s_addr}};
}

struct address address_from_v6(const struct in6_addr *v6)
{
	struct address addr;

	memcpy(&addr, v6, sizeof(addr));
	return addr;
}

struct in_addr address_to_v4(const struct address *addr)
{
	return (struct in_addr){.s_addr = addr->word[3]};
}

struct in6_addr address_to_v6(const struct address *addr)
{
	struct in6_addr v6;

	memcpy(&v6, addr, sizeof(v6));
	return v6;
}

bool address_is_v6_wildcard(const struct address *addr)
{
	return (addr->word[0] | addr->word[1] | addr->word[2] | addr->word[3]) == 0;
}

bool address_is_wildcard(const struct address *addr)
{
	return address_is_v6_wildcard(addr) || (address_is_v4(addr) && addr->word[3] == INADDR_ANY);
}

bool address_is_group(const struct address *addr)
{
	if (address_is_v4(addr))
		return IN_MULTICAST(ntohl(addr->word[3])) || addr->word[3] == INADDR_BROADCAST;
	return ntohl(addr->word[0]) >> 24 == 0xff;
}

bool address_is_link_local(const struct address *addr)
{
	return ntohl(addr->word[0]) >> 22 == 0xfe80 >> 6;
}

static void read_v4(const struct sockaddr_in *sin, struct endpoint *ret)
{
	*ret = (struct endpoint){
		.addr = address_from_v4(sin->sin_addr),
		.port = ntohs(sin->sin_port),
	};
}

static void read_v6(const struct sockaddr_in6 *sin6, socklen_t len, struct endpoint *ret)
{
	*ret = (struct endpoint){
		.addr = address_from_v6(&sin6->sin6_addr),
		.port = ntohs(sin6->sin6_port),
	};
	/* The kernel takes RFC 2133's shorter structure, which has no scope id. */
	if (len >= sizeof(*sin6) && address_is_link_local(&ret->addr))
		ret->scope = sin6->sin6_scope_id;
}

bool endpoint_from_sockaddr(const struct sockaddr *sa, socklen_t len, struct endpoint *ret)
{
	if (len < sizeof(sa->sa_family))
		return false;
	switch (sa->sa_family) {
	case AF_UNSPEC:
	case AF_INET:
		if (len < sizeof(struct sockaddr_in))
			return false;
		read_v4((const struct sockaddr_in *)sa, ret);
		return true;
	case AF_INET6:
		if (len < offsetof(struct sockaddr_in6, sin6_scope_id))
			return false;
		read_v6((const struct sockaddr_in6 *)sa, len, ret);
		return true;
	default:
		return false;
	}
}

const char *address_format(const struct address *addr, char text[ENDPOINT_TEXT])
{
	if (address_is_v4(addr))
		inet_ntop(AF_INET, &addr->word[3], text, ENDPOINT_TEXT);
	else
		inet_ntop(AF_INET6, addr->word, text, ENDPOINT_TEXT);
	return text;
}

const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT])
{
	char addr[ENDPOINT_TEXT];

	address_format(&endpoint->addr, addr);
	if (address_is_v4(&endpoint->addr))
		snprintf(text, ENDPOINT_TEXT, "%.15s:%u", addr, endpoint->port);
	else if (endpoint->scope != 0)
		snprintf(text, ENDPOINT_TEXT, "[%.45s%%%u]:%u", addr, endpoint->scope, endpoint->port);
	else
		snprintf(text, ENDPOINT_TEXT, "[%.45s]:%u", addr, endpoint->port);
	return text;
}
