/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's start. What a call from another library's constructor needs before this runs, it
 * finds for itself; the program's own calls all come later. */
#include "sys/env.h"
#include "sys/next.h"
#include "sys/process.h"
#include "sys/scratch.h"

#include <errno.h>

__attribute__((constructor)) static void start(void)
{
	int saved_errno = errno;

	next_find_all();
	process_init();
	scratch_init();
	env_settings();
	errno = saved_errno;
}
