/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dlopen: the modules that a program loads are to find our definitions, too.
 *
 * libc looks at where the call came from, for the caller's paths ($ORIGIN, DT_RUNPATH): nothing may
 * be done after it, so that libc sees the program.
 */
#include "attributes.h"
#include "libc/next.h"
#include "libc/platform.h"
#include "runtime/env.h"
#include "runtime/redirect.h"

JUMPING EXPORT void *dlopen(const char *file, int mode)
{
	void *(*next)(const char *, int);

	if (mode & RTLD_DEEPBIND && env_settings()->is_on)
		redirect_libc_symbols();
	next = next_definition(NEXT_DLOPEN);
	JUMP return next(file, mode);
}
