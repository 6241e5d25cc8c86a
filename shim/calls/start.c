/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's start. What a call from another library's constructor needs before this runs, it
 * finds for itself; the program's own calls all come later. */
#include "core/choose.h"
#include "sys/env.h"
#include "sys/inherited.h"
#include "sys/next.h"
#include "sys/ports.h"
#include "sys/preload.h"
#include "sys/process.h"
#include "sys/scratch.h"
#include "sys/shared.h"

#include <errno.h>
#include <pthread.h>

__attribute__((constructor)) static void start(void)
{
	const struct settings *settings;
	int saved_errno = errno;

	next_find_all();
	process_init();
	scratch_init();
	pthread_atfork(inherited_before_fork, NULL, choose_begin_child);
	pthread_atfork(shared_before_fork, NULL, NULL);
	settings = env_settings();
	if (listeners_concern_listen(&settings->v6only))
		ports_init();
	if (settings->is_on && !settings->children)
		preload_leave();
	errno = saved_errno;
}
