/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a module that does all the work with RTLD_DEEPBIND, as PHP loads its extensions.
 *
 *	echo_deepbind MODULE [OPTION]... ADDRESS PORT
 *
 * It is linked with a path for its modules, which libc honours only for this program.
 */
#include <dlfcn.h>
#include <stdio.h>

#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

int main(int argc, char **argv)
{
	void *module = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_DEEPBIND) : NULL;
	int (*serve)(int, char **) =
		module != NULL ? (int (*)(int, char **))dlsym(module, "serve") : NULL;

	if (serve == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	return serve(argc - 1, argv + 1);
}
