/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the nearest memory first; choose.h has the contract. */
#include "core/choose.h"

#include "core/recent.h"

void choose_learn(const struct knowledge *known, const struct asker *asker,
	const struct source *source)
{
	recent_learn(asker, source, known->now_s);
	if (known->peers != NULL)
		peers_learn(known->peers, asker, source, known->now_s);
}

bool choose_source(
	const struct knowledge *known, const struct asker *asker, struct source *ret)
{
	if (recent_find(asker, known->now_s, known->expiry_s, ret))
		return true;
	return known->peers != NULL && peers_find(known->peers, asker, known->now_s, ret);
}

void choose_forget(const struct knowledge *known, const struct asker *asker)
{
	recent_forget(asker);
	if (known->peers != NULL)
		peers_forget(known->peers, asker);
}
