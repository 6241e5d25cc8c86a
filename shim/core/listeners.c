/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on AF_INET6 listeners; listeners.h has the contract. */
#include "core/listeners.h"

bool listeners_want_v6only(
	const struct rules *rules, enum rules_protocol protocol, const struct endpoint *bound)
{
	uint16_t port = ntohs(bound->port);

	if (!address_is_v6_wildcard(&bound->addr))
		return false;
	if (port == 0 && rules_find(rules, protocol, port) == NULL)
		return false;
	return rules_word(rules, protocol, port) == V6ONLY_FORCE;
}

const char *const listeners_words[] = {
	[V6ONLY_FORCE] = "force",
	[V6ONLY_OFF] = "off",
	NULL,
};
