/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/libraries.h"

#include "ctl/reach.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const standard_directories[] = {"/lib/*-linux-*", "/usr/lib/*-linux-*", "/lib64",
	"/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib/*-linux-*", "/usr/local/lib", NULL};

/* Returns whether there is such a library. */
__attribute__((format(printf, 2, 3))) static bool is_there(
	char ret[PATH_MAX], const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(ret, PATH_MAX, format, args);
	va_end(args);
	return len < PATH_MAX && reach_is_for_this_machine(ret);
}

/* Tries each directory of an rpath, in which $ORIGIN is the directory of the file at path. */
static bool search_rpath(const char *rpath, const char *name, const char *path, char ret[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const int origin_len = slash != NULL ? (int)(slash - path) : 0;

	for (; *rpath != '\0'; rpath += *rpath == ':') {
		int len = (int)strcspn(rpath, ":");
		const char *directory = rpath;
		const size_t skip = strncmp(rpath, "$ORIGIN", 7) == 0	  ? 7
				    : strncmp(rpath, "${ORIGIN}", 9) == 0 ? 9
									  : 0;

		rpath += len;
		if (is_there(ret, "%.*s%.*s/%s", skip > 0 ? origin_len : 0, path, len - (int)skip,
			    directory + skip, name))
			return true;
	}
	return false;
}

static bool search_standard(const char *name, char ret[PATH_MAX])
{
	bool is_found = false;
	char pattern[PATH_MAX];
	glob_t found;

	for (int i = 0; standard_directories[i] != NULL && !is_found; i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s", standard_directories[i], name);
		if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
			continue;
		for (size_t g = 0; g < found.gl_pathc && !is_found; g++)
			is_found = is_there(ret, "%s", found.gl_pathv[g]);
		globfree(&found);
	}
	return is_found;
}

bool libraries_find(
	const char *name, const char *path, const struct dynamic *dynamic, char ret[PATH_MAX])
{
	static const long tags[] = {DT_RPATH, DT_RUNPATH};

	if (strchr(name, '/') != NULL)
		return is_there(ret, "%s", name);
	for (int i = 0; i < 2; i++) {
		size_t at = 0;
		const char *rpath = dynamic_next(dynamic, tags[i], &at);

		if (rpath != NULL && search_rpath(rpath, name, path, ret))
			return true;
	}
	return search_standard(name, ret);
}
