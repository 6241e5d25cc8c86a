/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/confine.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { LINE = 4096, EXPANSIONS = 8 };

static const char policy[] = "/etc/apparmor.d";

/* AppArmor's patterns are shell patterns with alternatives: {a,b}. Tries each alternative of the
 * first ones, and then of those that are left. A pattern with more than depth of them matches
 * nothing. */
/* NOLINTNEXTLINE(misc-no-recursion): not deeper than depth */
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

/* Returns whether the file has a profile of the program. */
static bool file_confines(const char *name, const char *path)
{
	char file_path[PATH_MAX], line[LINE];
	bool is_found = false;
	FILE *file;

	snprintf(file_path, sizeof(file_path), "%s/disable/%s", policy, name);
	if (access(file_path, F_OK) == 0)
		return false;
	snprintf(file_path, sizeof(file_path), "%s/%s", policy, name);
	file = fopen(file_path, "re");
	if (file == NULL)
		return false;
	while (!is_found && fgets(line, sizeof(line), file) != NULL)
		is_found = apparmor_is_profile_of(line, path);
	fclose(file);
	return is_found;
}

static bool has_profile(const char *path)
{
	const struct dirent *entry;
	bool is_found = false;
	DIR *directory = opendir(policy);

	if (directory == NULL)
		return false;
	while (!is_found && (entry = readdir(directory)) != NULL)
		if (*entry->d_name != '.' && entry->d_type != DT_DIR)
			is_found = file_confines(entry->d_name, path);
	closedir(directory);
	return is_found;
}

/* Returns whether the file, one of the kernel's, begins with this character. */
static bool says(const char *path, char wanted)
{
	FILE *file = fopen(path, "re");
	const int character = file != NULL ? fgetc(file) : EOF;

	if (file != NULL)
		fclose(file);
	return character == wanted;
}

void confine_warn(struct verdict *verdict, const char *path, const struct library *library)
{
	char label[256] = "", resolved[PATH_MAX];

	if (says("/sys/module/apparmor/parameters/enabled", 'Y') &&
		!apparmor_allows(library->path) &&
		has_profile(realpath(path, resolved) != NULL ? resolved : path))
		judge_warn(verdict,
			"AppArmor confines it, and profiles allow libraries in /usr/lib, as a "
			"rule: add '%s mr,' to its profile, or install the library there",
			library->path);
	if (says("/sys/fs/selinux/enforce", '1') &&
		getxattr(library->file, "security.selinux", label, sizeof(label) - 1) > 0 &&
		strstr(label, ":lib_t") == NULL)
		judge_warn(verdict,
			"SELinux labels the library '%s', not 'lib_t', and may forbid programs to "
			"load it: restorecon %s",
			label, library->path);
}
