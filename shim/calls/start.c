/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's start. A call from another library's constructor may come earlier and then finds
 * what it needs itself. The program's own calls come later. */
#include "libc/libc.h"
#include "libc/next.h"
#include "libc/preload.h"
#include "listeners/decide.h"
#include "listeners/share.h"
#include "replies/table.h"
#include "runtime/env.h"
#include "runtime/impl.h"
#include "runtime/process.h"
#include "runtime/scratch.h"
#include "runtime/status.h"

#include <errno.h>

__attribute__((constructor)) static void start(void)
{
	const struct settings *settings;
	int saved_errno = errno;

	next_find_all();
	impl_init();
	process_init();
	status_init();
	scratch_init();
	settings = env_settings();
	/* A process may answer what another one received, so forked processes share the table. */
	if (settings_want_replies(settings))
		libc_before_fork(table_make);
	if (decide_concerns_listen(&settings->v6only))
		share_init();
	if (settings->is_on && !settings->children)
		preload_leave();
	errno = saved_errno;
}
