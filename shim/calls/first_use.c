/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs when a descriptor is first used; the contract is in first_use.h. */
#include "calls/first_use.h"

#include "listeners/ipv4_lost.h"
#include "listeners/v6only.h"
#include "replies/watch.h"
#include "runtime/env.h"
#include "sockets/classify.h"

static uint32_t classify(int fd)
{
	uint32_t flags = classify_inherited(fd);

	if (flags & FD_INET)
		env_report_errors();
	if (flags & FD_INET6)
		v6only_report_inherited(fd);
	return flags;
}

uint32_t first_use(int fd)
{
	if (!settings_want_replies(env_settings()))
		return 0;
	return classify(fd);
}

void first_use_listen(int fd)
{
	if (env_settings()->is_on)
		classify(fd);
}

uint32_t first_use_decide(int fd, enum watch_trust trust)
{
	uint32_t flags = first_use_flags(fd);

	if (flags & FD_V4_UNCHECKED)
		flags = ipv4_lost_check(fd);
	if (flags & FD_UNDECIDED)
		flags = watch_decide(fd, flags, trust);
	if (flags & FD_WATCHED)
		env_report_errors();
	return flags;
}
