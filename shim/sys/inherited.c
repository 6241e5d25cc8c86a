/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A socket that the program bound itself has made the table by then. Of others the library knows
 * nothing before they are used, and each process would then make a table of its own: what the one
 * received, the other could not answer. The socket itself is left as it is, for the program may
 * only be on its way to another one.
 */
#include "sys/inherited.h"

#include "sys/env.h"
#include "sys/memory.h"
#include "sys/sockets.h"

#include <stdatomic.h>

/* Behind the numbers that are looked at: 0 is inetd's, 3 and up systemd's. */
enum { LOW_END = 16 };

/* The process, or one that it was forked from, has looked. */
static atomic_bool has_looked;

static bool is_to_be_watched(int fd)
{
	struct nature nature;
	struct endpoint local;

	return !(facts_of(fd) & FACT_KNOWN) && sockets_ask_nature(fd, &nature) &&
	       sockets_ask_local(fd, &local) && local.port != 0 &&
	       sockets_wants_replies(&nature, &local);
}

void inherited_before_fork(void)
{
	if (!settings_want_replies(env_settings()) ||
		atomic_load(&memory_knowledge.peers) != NULL || atomic_exchange(&has_looked, true))
		return;
	for (int fd = 0; fd < LOW_END; fd++)
		if (is_to_be_watched(fd)) {
			memory_make_peers();
			return;
		}
}
