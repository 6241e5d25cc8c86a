/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats addresses as text for log lines. */
#include "sockets/address.h"

#include <arpa/inet.h>
#include <stdio.h>

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
	unsigned int port = ntohs(endpoint->port);

	address_format(&endpoint->addr, addr);
	if (address_is_v4(&endpoint->addr))
		snprintf(text, ENDPOINT_TEXT, "%.15s:%u", addr, port);
	else if (endpoint->scope != 0)
		snprintf(text, ENDPOINT_TEXT, "[%.45s%%%u]:%u", addr, endpoint->scope, port);
	else
		snprintf(text, ENDPOINT_TEXT, "[%.45s]:%u", addr, port);
	return text;
}

const char *sockaddr_format(const struct sockaddr *sa, socklen_t len, char text[ENDPOINT_TEXT])
{
	struct endpoint endpoint;

	return endpoint_from_sockaddr(sa, len, &endpoint) ? endpoint_format(&endpoint, text) : "?";
}
