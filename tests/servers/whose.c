/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a module, and prints which library has the recvfrom that is then found in libc.
 *
 *	whose [-d] MODULE
 *
 *	-d	with RTLD_DEEPBIND
 */
#include "common.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

int main(int argc, char **argv)
{
	int mode = argc > 2 && strcmp(argv[1], "-d") == 0 ? RTLD_NOW | RTLD_DEEPBIND : RTLD_NOW;
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
	Dl_info info;

	if (libc == NULL || dlopen(argv[argc - 1], mode) == NULL)
		die("%s", dlerror());
	if (dladdr(dlsym(libc, "recvfrom"), &info) == 0)
		die("no library");
	puts(basename(info.dli_fname));
	return 0;
}
