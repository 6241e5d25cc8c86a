/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dlopen: modules loaded with RTLD_DEEPBIND have to find our definitions, too.
 *
 * libc searches the caller's paths ($ORIGIN, DT_RUNPATH) and finds the caller by the return
 * address. The call therefore has to be a jump with nothing after it, or libc would take this
 * library for the caller.
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
