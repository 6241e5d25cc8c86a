/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each thread's memory of the last datagram that it received. It answers the common
 * receive-then-reply without a look at the table, and rightly even while a flood of spoofed peers
 * pushes everybody out of the table.
 *
 * Safe in signal handlers: a handler may learn and find while the thread it interrupted does.
 */
#ifndef CORE_RECENT_H
#define CORE_RECENT_H

#include "core/peers.h"

void recent_learn(const struct asker *asker, const struct source *source, uint32_t now_s);
/* False, and *ret untouched, unless this thread's last datagram came from asker, at most
 * expiry_s seconds ago. */
bool recent_find(
	const struct asker *asker, uint32_t now_s, uint32_t expiry_s, struct source *ret);
void recent_forget(const struct asker *asker);

#endif
