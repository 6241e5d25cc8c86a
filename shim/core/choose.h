/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of our addresses a datagram to a peer leaves from: all that is known of a peer goes in by
 * choose_learn and comes out by choose_source. Two memories stand behind it, the thread's last
 * datagram (recent.h) and the shared table (peers.h).
 *
 * peers may be NULL: then there is no table, and only the thread's memory serves.
 */
#ifndef CORE_CHOOSE_H
#define CORE_CHOOSE_H

#include "core/peers.h"

/* What the two memories need: the table, the time, and how long a peer is remembered. */
struct knowledge {
	struct peers *peers;
	uint32_t now_s;
	uint32_t expiry_s;
};

/* A datagram from asker came in at source. */
void choose_learn(const struct knowledge *known, const struct asker *asker,
	const struct source *source);
/* The source for a datagram to asker. False, and *ret untouched: leave it to the kernel. */
bool choose_source(
	const struct knowledge *known, const struct asker *asker, struct source *ret);
/* The kernel has refused what choose_source said. */
void choose_forget(const struct knowledge *known, const struct asker *asker);

#endif
