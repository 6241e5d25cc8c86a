/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on AF_INET6 listeners: whether to set or clear IPV6_V6ONLY before a socket is bound
 * (RFC 3493, 5.3; ipv6(7)). No function here makes a system call. */
#ifndef LISTENERS_DECIDE_H
#define LISTENERS_DECIDE_H

#include "settings/settings.h"
#include "sockets/address.h"

/* An AF_INET6 socket about to be bound. */
struct listener {
	enum rules_protocol protocol;
	struct endpoint bound; /* the address and port asked for */
	bool is_v6only;	       /* the current IPV6_V6ONLY */
	bool is_chosen;	       /* the program has set or cleared the option itself */
};

enum v6only_decision {
	DECISION_LEAVE,
	DECISION_SET,
	DECISION_SET_IF_TAKEN, /* if another socket has, or gets, the port for IPv4 */
	DECISION_CLEAR,
};

/* Whether the rules apply to this bind. A v4-mapped address cannot be bound with V6ONLY (EINVAL),
 * and a specific address gains nothing. Port 0 needs a rule that names it, because clients bind it
 * and then talk to v4-mapped peers. */
bool decide_applies(const struct rules *rules, const struct listener *listener);

/* Whether the keyword in effect is off. */
bool decide_leaves(const struct rules *rules, const struct listener *listener);
enum v6only_decision decide_v6only(const struct rules *rules, const struct listener *listener);

/* Whether a socket so bound may share its port with one of the other family, the AF_INET6 one being
 * dual-stack: keywords auto and dual. */
bool decide_may_share(const struct rules *rules, const struct listener *listener);
/* Whether the rules may require action at listen, which can bind the socket or find its port
 * taken. */
bool decide_concerns_listen(const struct rules *rules);

/* Writes the keyword in effect, and its rule if any, to reason: "BINDRIGHT_V6ONLY=force". Returns
 * reason. */
enum { DECIDE_REASON = 64 };
const char *decide_format_reason(
	const struct rules *rules, const struct listener *listener, char reason[DECIDE_REASON]);

#endif
