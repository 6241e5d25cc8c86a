/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/multilib.h"

#include "ctl/reach.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* Each loader's own directory has its C library. */
static bool is_beside_libc(const char *library)
{
	const char *slash = strrchr(library, '/');
	char libc[PATH_MAX + sizeof("libc.so.6")];

	snprintf(libc, sizeof(libc), "%.*s/libc.so.6", (int)(slash - library), library);
	return reach_is_for_this_machine(libc);
}

/* RTLD_NOLOAD finds the C library only if the path leads to the file that this program has loaded.
 */
static bool is_libc_by_word_size(void)
{
	void *libc = dlopen("/usr/$LIB/libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	return libc != NULL && dlclose(libc) == 0;
}

bool multilib_entry(const char *path, char ret[PATH_MAX])
{
	strcpy(ret, path);
	if (strncmp(path, "/usr/", 5) != 0 || !is_beside_libc(path) || !is_libc_by_word_size())
		return false;
	snprintf(ret, PATH_MAX, "/usr/$LIB%s", strrchr(path, '/'));
	return true;
}
