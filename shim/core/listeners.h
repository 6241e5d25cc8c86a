/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy on AF_INET6 listeners: whether IPV6_V6ONLY is set before a socket is bound (RFC 3493,
 * 5.3; ipv6(7)).
 */
#ifndef CORE_LISTENERS_H
#define CORE_LISTENERS_H

#include "core/address.h"
#include "core/rules.h"

enum v6only_policy {
	V6ONLY_FORCE, /* set it, whatever the program asked */
	V6ONLY_OFF,   /* leave all listeners alone */
};

/*
 * Whether IPV6_V6ONLY is to be set on an AF_INET6 socket about to be bound to this address. A
 * v4-mapped address could not be bound then (EINVAL) and a specific address gains nothing: both
 * are left alone. Port 0 is what clients bind that go on to talk to v4-mapped peers: it is left
 * alone unless a rule names it.
 */
bool listeners_want_v6only(
	const struct rules *rules, enum rules_protocol protocol, const struct endpoint *bound);

/* The policies' words in BINDRIGHT_V6ONLY, NULL behind the last. */
extern const char *const listeners_words[];

#endif
