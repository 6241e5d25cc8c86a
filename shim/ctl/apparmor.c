/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/apparmor.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 4096, EXPANSIONS = 8 };

/* AppArmor's patterns are shell patterns with alternatives: {a,b}. Tries each alternative of the
 * first ones, and then of those that are left. A pattern with more than depth of them matches
 * nothing. */
static bool matches(const char *pattern, const char *path, int depth)
{
	const char *open = strchr(pattern, '{'), *close = open != NULL ? strchr(open, '}') : NULL;
	char expanded[LINE];

	if (close == NULL)
		return fnmatch(pattern, path, strstr(pattern, "**") != NULL ? 0 : FNM_PATHNAME) ==
		       0;
	if (depth == 0)
		return false;
	for (const char *at = open + 1; at <= close; at++) {
		const int len = (int)strcspn(at, ",}");

		snprintf(expanded, sizeof(expanded), "%.*s%.*s%s", (int)(open - pattern), pattern,
			len, at, close + 1);
		if (matches(expanded, path, depth - 1))
			return true;
		at += len;
	}
	return false;
}

/* The first path on the line is what the profile is attached to. A profile in complain mode forbids
 * nothing. */
bool apparmor_is_profile_of(const char *line, const char *path)
{
	char pattern[LINE];
	size_t len;

	if (strncmp(line, "profile ", 8) != 0 && *line != '/' && *line != '"')
		return false;
	if (strrchr(line, '{') == NULL || strstr(line, "complain") != NULL)
		return false;
	if (*line == 'p')
		line = strstr(line, " /") != NULL ? strstr(line, " /") + 1 : "";
	line += *line == '"';
	len = strcspn(line, " \t\"\n");
	if (*line != '/' || len >= sizeof(pattern))
		return false;
	memcpy(pattern, line, len);
	pattern[len] = '\0';
	return matches(pattern, path, EXPANSIONS);
}

bool apparmor_allows(const char *library)
{
	static const char *const allowed[] = {
		"/lib/", "/lib32/", "/lib64/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/", NULL};

	if (strchr(library, '/') == NULL)
		return true;
	for (int i = 0; allowed[i] != NULL; i++)
		if (strncmp(library, allowed[i], strlen(allowed[i])) == 0)
			return true;
	return false;
}
