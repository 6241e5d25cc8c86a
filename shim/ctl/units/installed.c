/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/installed.h"

#include "ctl/reach.h"
#include "ctl/units/root_files.h"

#include <string.h>
#include <sys/stat.h>

static bool judge_path(const char *path, struct error_line *error)
{
	if (*path != '/')
		return say_into(error, "--library: '%s' is not an absolute path", path);
	if (strlen(path) >= PATH_MAX)
		return say_into(error, "--library: the path is too long");
	if (strpbrk(path, " :") != NULL)
		return say_into(error,
			"--library: '%s' has a space or a colon, which LD_PRELOAD cannot hold",
			path);
	return true;
}

bool installed_find(
	const char *path, const char *root, struct library *ret, struct error_line *error)
{
	const char *below = root != NULL ? root : "";
	const char *wanted = path != NULL ? path : LIBRARY_PATH;
	char resolved[PATH_MAX];
	struct stat file;

	if (!judge_path(wanted, error))
		return false;
	if (!root_resolve(below, wanted, resolved) || stat(resolved, &file) != 0 ||
		!S_ISREG(file.st_mode))
		return say_into(error,
			"the library is missing: '%s%s' (--library names another place)", below,
			wanted);
	if (root == NULL && !reach_is_for_this_machine(resolved))
		return say_into(
			error, "'%s' is not a library for this machine and word size", wanted);
	library_set(wanted, resolved, ret);
	return true;
}
