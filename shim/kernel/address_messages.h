/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the messages of rtnetlink(7) say of the addresses that may be sources. */
#ifndef KERNEL_ADDRESS_MESSAGES_H
#define KERNEL_ADDRESS_MESSAGES_H

#include "kernel/shared.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>

struct address_entry {
	struct kernel_prefix prefix;
	bool may_be_source;
};

/* Each reads one message, that something is there or is not any more, and returns false for what is
 * none of its concern, and for short messages. */

/* A route of the local table: its prefix may be a source, but not if it is a broadcast address. */
bool address_message_route(const struct nlmsghdr *message, struct address_entry *ret);
/* An address of the host, unless IPv6 has not found it to be its own yet. */
bool address_message_address(const struct nlmsghdr *message, struct address_entry *ret);
/* A rule of routing that refuses what a source of its prefix sends: ip-rule(8)'s unreachable,
 * prohibit and blackhole. Rules for what the host forwards do not count. */
bool address_message_rule(const struct nlmsghdr *message, struct address_entry *ret);

#endif
