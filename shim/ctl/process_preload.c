/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/process_preload.h"

#include "ctl/confine.h"
#include "ctl/reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Copies the entry with this file name to ret. Returns false if there is none. */
static bool find_entry(const char *list, const char *file_name, char ret[PATH_MAX])
{
	const size_t name_len = strlen(file_name);

	while (*list != '\0') {
		const size_t len = strcspn(list, " :");

		if (len >= name_len && len < PATH_MAX &&
			strncmp(list + len - name_len, file_name, name_len) == 0 &&
			(len == name_len || list[len - name_len - 1] == '/')) {
			memcpy(ret, list, len);
			ret[len] = '\0';
			return true;
		}
		list += len;
		list += strspn(list, " :");
	}
	return false;
}

bool preload_has(const char *list, const char *file_name)
{
	char entry[PATH_MAX];

	return find_entry(list, file_name, entry);
}

/* A daemon that starts as another user than root may have no right to the library's directory. */
static bool is_closed(const char *path)
{
	char at[2 * PATH_MAX];
	struct stat file;

	snprintf(at, sizeof(at), "%s", path);
	if (stat(at, &file) == 0 && !(file.st_mode & S_IROTH))
		return true;
	for (char *slash = strrchr(at, '/'); slash != NULL && slash != at;
		slash = strrchr(at, '/')) {
		*slash = '\0';
		if (stat(at, &file) == 0 && !(file.st_mode & S_IXOTH))
			return true;
	}
	return false;
}

/* Returns whether AppArmor confines the process; in complain mode it forbids nothing. */
static bool has_profile(const struct process *process, char *ret, size_t size)
{
	static const char *const files[] = {"attr/apparmor/current", "attr/current"};
	char *label;

	for (int i = 0; i < 2; i++) {
		char *mode;
		bool is_enforced;

		if (process_read(process, files[i], &label) < 0)
			continue;
		mode = strstr(label, " (enforce)");
		is_enforced = mode != NULL;
		if (is_enforced)
			*mode = '\0';
		snprintf(ret, size, "%s", label);
		free(label);
		if (is_enforced)
			return true;
	}
	return false;
}

static void explain_missing(const char *path, struct verdict *verdict)
{
	const int error = errno;

	if (error == EACCES)
		judge_set(verdict, ANSWER_UNKNOWN, NULL, "its file %s cannot be looked up: %s",
			path, strerror(error));
	else if (access(path, F_OK) == 0)
		judge_set(verdict, ANSWER_NO, NULL,
			"its root directory or mount namespace has no file %s", path);
	else
		judge_set(verdict, ANSWER_NO, NULL, "there is no file %s", path);
}

void preload_explain(const struct process *process, const char *list, const char *file_name,
	struct verdict *verdict)
{
	char path[PATH_MAX] = "", root[64], in_root[PATH_MAX + sizeof(root)], profile[256];
	struct stat file;
	struct statvfs system;

	find_entry(list, file_name, path);
	process_path(process, *path == '/' ? "root" : "cwd", root, sizeof(root));
	snprintf(in_root, sizeof(in_root), "%s/%s", root, path);
	if (strchr(path, '/') == NULL || strstr(path, "$LIB") != NULL)
		judge_set(verdict, ANSWER_NO, NULL, "the loader found no %s in its directories",
			path);
	else if (stat(in_root, &file) != 0)
		explain_missing(path, verdict);
	else if (!reach_is_for_this_machine(in_root))
		judge_set(verdict, ANSWER_NO, NULL, "%s is for another machine or word size", path);
	else if (statvfs(in_root, &system) == 0 && system.f_flag & ST_NOEXEC)
		judge_set(verdict, ANSWER_NO, NULL, "%s is on a file system mounted noexec", path);
	else if (is_closed(in_root))
		judge_set(verdict, ANSWER_NO, NULL, "not every user may read %s", path);
	else if (!apparmor_allows(path) && has_profile(process, profile, sizeof(profile)))
		judge_set(verdict, ANSWER_NO, NULL,
			"AppArmor's profile %s allows libraries in /usr/lib, as a rule, and not %s",
			profile, path);
	else
		judge_set(verdict, ANSWER_NO, NULL,
			"the files do not tell why; the loader wrote it when the process started");
}
