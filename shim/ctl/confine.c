/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/confine.h"

#include "ctl/apparmor.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { LINE = 4096 };

static const char policy[] = "/etc/apparmor.d";

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
