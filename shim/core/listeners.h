/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy on AF_INET6 listeners: whether IPV6_V6ONLY is set before a socket is bound (RFC 3493,
 * 5.3; ipv6(7)).
 */
#ifndef CORE_LISTENERS_H
#define CORE_LISTENERS_H

#include "core/address.h"

enum v6only_policy {
	V6ONLY_FORCE, /* set it, whatever the program asked */
	V6ONLY_OFF,   /* leave all listeners alone */
};

/*
 * Whether the policy has IPV6_V6ONLY set on an AF_INET6 socket about to be bound to this address.
 * A v4-mapped address could not be bound then (EINVAL), a specific address gains nothing, and
 * port 0 is what clients bind that go on to talk to v4-mapped peers: all three are left alone.
 */
bool listeners_want_v6only(enum v6only_policy policy, const struct endpoint *bound);

/* The policy's word in BINDRIGHT_V6ONLY. */
const char *listeners_policy_word(enum v6only_policy policy);

#endif
