/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes that a socket is shared before it is bound; sockets.c asks of it what has become of it. */
#include "sys/shared.h"

#include "sys/env.h"
#include "sys/memory.h"
#include "sys/sockets.h"

/* Whether the word is an unbound UDP socket's. */
static bool is_unbound(uint32_t facts)
{
	const uint32_t state = FACT_KNOWN | FACT_UDP | FACT_WATCHED | FACT_OPEN;

	return facts & FACT_UDP && (facts & state) == sockets_facts_of_unbound();
}

static uint32_t make_shared(uint32_t facts)
{
	return (facts & FACT_WISHES) | FACT_UDP | FACT_SHARED;
}

uint32_t shared_by_duplicate(int fd)
{
	uint32_t facts = facts_of(fd);

	if (!is_unbound(facts))
		return facts;
	facts_set(fd, make_shared(facts));
	return make_shared(facts);
}

void shared_before_fork(void)
{
	bool is_any = false;

	if (!settings_want_replies(env_settings()))
		return;
	/* The numbers of sockets are nearly always low ones. */
	for (int fd = 0; fd < facts_end(); fd++) {
		uint32_t facts = facts_at_hand(fd);

		/* Another thread may be binding it. */
		if (is_unbound(facts))
			is_any |= atomic_compare_exchange_strong(
				&facts_first_chunk[fd], &facts, make_shared(facts));
		else
			is_any |= (facts & FACT_SHARED) != 0;
	}
	if (is_any)
		memory_make_peers();
}
