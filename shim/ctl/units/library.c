/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/library.h"

#include "ctl/reach.h"
#include "ctl/units/root_files.h"
#include "ctl/units/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where the C library of the root lies, the loader looks for others too, in whichever of the two
 * directories that may be one. */
static bool has_libc(const char *root, const char *name, size_t len)
{
	static const char *const prefixes[] = {"/lib", "/usr/lib"};
	char path[PATH_MAX], resolved[PATH_MAX];

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		snprintf(path, sizeof(path), "%s%.*s/libc.so.6", prefixes[i], (int)len, name);
		if (root_resolve(root, path, resolved))
			return true;
	}
	return false;
}

/* Whether each loader, of 32-bit programs too, finds a library in this directory, or its own in the
 * like one: ld.so(8). */
static bool is_standard(const char *root, const char *path)
{
	const size_t prefix = strncmp(path, "/usr", 4) == 0 ? 4 : 0;
	const char *rest = path + prefix, *name = text_file_name(path);
	size_t len;

	if (strncmp(rest, "/lib", 4) != 0)
		return false;
	rest += 4;
	len = (size_t)(name - 1 - rest);
	if (len == 0)
		return true;
	if (memchr(rest + 1, '/', len - 1) != NULL)
		return false;
	return has_libc(root, rest, len);
}

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

bool library_find(const char *path, const char *root, struct library *ret, struct error_line *error)
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
	strcpy(ret->path, wanted);
	ret->entry = is_standard(below, ret->path) ? text_file_name(ret->path) : ret->path;
	return true;
}

static bool has_permission(const struct stat *file, const struct user *user, mode_t bits)
{
	if (user->uid == file->st_uid)
		return (file->st_mode >> 6 & bits) == bits;
	if (user->gid == file->st_gid)
		return (file->st_mode >> 3 & bits) == bits;
	return (file->st_mode & bits) == bits;
}

/* Not known: access control lists, supplementary groups. */
bool library_is_readable(const struct library *library, const char *root, const struct user *user,
	struct error_line *ret)
{
	char path[PATH_MAX], resolved[PATH_MAX];
	struct stat file;

	if (user->uid == 0)
		return true;
	strcpy(path, library->path);
	for (mode_t bits = 4;; bits = 1) {
		char *slash = strrchr(path, '/');

		if (root_resolve(root, *path != '\0' ? path : "/", resolved) &&
			stat(resolved, &file) == 0 && !has_permission(&file, user, bits))
			return say_into(ret, "%s%s: its permissions keep %s from the library", root,
				*path != '\0' ? path : "/", user->name);
		if (slash == NULL || slash == path)
			return true;
		*slash = '\0';
	}
}
