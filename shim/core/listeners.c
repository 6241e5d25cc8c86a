/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on AF_INET6 listeners; listeners.h has the contract. */
#include "core/listeners.h"

bool listeners_want_v6only(enum v6only_policy policy, const struct endpoint *bound)
{
	if (policy == V6ONLY_OFF)
		return false;
	return address_is_v6_wildcard(&bound->addr) && bound->port != 0;
}

const char *listeners_policy_word(enum v6only_policy policy)
{
	switch (policy) {
	case V6ONLY_FORCE:
		return "force";
	case V6ONLY_OFF:
		return "off";
	}
	return "?";
}
