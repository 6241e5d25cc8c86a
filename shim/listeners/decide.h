/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy on AF_INET6 listeners: whether IPV6_V6ONLY is set or cleared before a socket is bound
 * (RFC 3493, 5.3; ipv6(7)).
 */
#ifndef LISTENERS_DECIDE_H
#define LISTENERS_DECIDE_H

#include "settings/settings.h"
#include "sockets/address.h"

/* An AF_INET6 socket about to be bound. */
struct listener {
	enum rules_protocol protocol;
	struct endpoint bound; /* where to */
	bool is_v6only;	       /* IPV6_V6ONLY as it stands */
	bool is_chosen;	       /* the program itself has set the option, either way */
};

enum v6only_decision {
	DECISION_LEAVE,
	DECISION_SET,
	DECISION_SET_IF_TAKEN, /* if another socket has, or gets, IPv4's side of the port */
	DECISION_CLEAR,
};

/* Whether the rules are about this bind at all. A v4-mapped address could not be bound with
 * V6ONLY (EINVAL) and a specific address gains nothing. Port 0 is what clients bind that go on to
 * talk to v4-mapped peers: it takes a rule that names it. */
bool decide_applies(const struct rules *rules, const struct listener *listener);

/* Whether they leave it alone, however it stands. */
bool decide_leaves(const struct rules *rules, const struct listener *listener);
enum v6only_decision decide_v6only(const struct rules *rules, const struct listener *listener);

/* Whether a socket so bound, of either family, may have its port beside one of the other family,
 * where the AF_INET6 one is dual-stack: the words auto and dual. */
bool decide_may_share(const struct rules *rules, const struct listener *listener);
/* Whether the rules may have something done at listen: where that binds the socket, or finds that
 * two have one port. */
bool decide_concerns_listen(const struct rules *rules);

/* Which word has decided, and by which rule: "BINDRIGHT_V6ONLY=force". */
enum { DECIDE_REASON = 64 };
const char *decide_format_reason(
	const struct rules *rules, const struct listener *listener, char reason[DECIDE_REASON]);

#endif
