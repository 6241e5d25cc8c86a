/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/hidden.h"

#include "ctl/units/root_files.h"
#include "ctl/units/unit_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Returns the length of directory if path is it or lies in it, else 0. */
static size_t covers(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	while (len > 0 && directory[len - 1] == '/')
		len--;
	if (strncmp(directory, path, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return 0;
	return len + 1;
}

/* As covers, for the path of a setting, which may lead elsewhere by symbolic links. It may begin
 * with '-' and '+'. */
static size_t covers_in_the_end(const struct unit *unit, const char *word, const char *library)
{
	char resolved[PATH_MAX], whole_library[PATH_MAX];
	char *path = unit_name_expand(word + strspn(word, "-+"), unit->name);
	/* NOLINTNEXTLINE(readability-suspicious-call-argument): it may be a directory */
	size_t len = covers(path, library);

	if (len == 0 && root_resolve(unit->root, path, resolved) &&
		root_resolve(unit->root, library, whole_library))
		len = covers(resolved, whole_library);
	free(path);
	return len;
}

/* A list of paths: the longest one that covers the library, and the setting that names it. */
struct cover {
	size_t len; /* 0 if there is none */
	const struct unit_setting *setting;
};

/* Of TemporaryFileSystem=PATH:OPTIONS, the path; of BindPaths=SOURCE:PATH:OPTIONS, the one in the
 * service. */
static const char *path_in(char *word, bool is_bind)
{
	char *colon = strchr(word, ':'), *start = word;

	if (is_bind && colon != NULL) {
		start = colon + 1;
		colon = strchr(start, ':');
	}
	if (colon != NULL)
		*colon = '\0';
	return *start != '\0' ? start : word;
}

static struct cover find_cover(const struct unit *unit, const char *key, const char *library)
{
	const bool is_bind = strncmp(key, "Bind", 4) == 0;
	const struct unit_setting *setting = NULL;
	struct cover cover = {0};
	char word[2 * PATH_MAX];

	while ((setting = unit_next(unit, key, setting)) != NULL) {
		const char *at = setting->value;

		while (at != NULL && unit_word_next(&at, word, sizeof(word))) {
			const size_t len = covers_in_the_end(unit, path_in(word, is_bind), library);

			if (len > cover.len)
				cover = (struct cover){len, setting};
		}
	}
	return cover;
}

static bool say_where(struct error_line *ret, const struct unit_setting *setting,
	const char *library, const char *what)
{
	say_into(ret, "%s:%u: %s=%s %s the library (%s)", setting->file, setting->line,
		setting->key, setting->value, what, library);
	return true;
}

/* Each of these hides what lies at or in its paths, unless a longer path of the exceptions covers
 * the library too. */
static bool is_covered(const struct unit *unit, const char *library, struct error_line *ret)
{
	static const struct {
		const char *key, *exceptions[2], *what;
	} covers_by[] = {
		{"NoExecPaths", {"ExecPaths"}, "forbids executing"},
		{"InaccessiblePaths", {NULL}, "hides"},
		{"InaccessibleDirectories", {NULL}, "hides"},
		{"TemporaryFileSystem", {"BindPaths", "BindReadOnlyPaths"}, "hides"},
	};

	for (size_t i = 0; i < sizeof(covers_by) / sizeof(covers_by[0]); i++) {
		struct cover cover = find_cover(unit, covers_by[i].key, library);
		size_t except = 0;

		for (int e = 0; e < 2 && covers_by[i].exceptions[e] != NULL; e++) {
			size_t len = find_cover(unit, covers_by[i].exceptions[e], library).len;

			except = len > except ? len : except;
		}
		if (cover.len > 0 && except < cover.len)
			return say_where(ret, cover.setting, library, covers_by[i].what);
	}
	return false;
}

static bool is_in_a_private_directory(
	const struct unit *unit, const char *library, struct error_line *ret)
{
	static const struct {
		const char *key, *other_yes, *directories[4];
	} privates[] = {
		{"ProtectHome", "tmpfs", {"/home", "/root", "/run/user"}},
		{"PrivateTmp", "disconnected", {"/tmp", "/var/tmp"}},
		{"DynamicUser", "", {"/tmp", "/var/tmp"}},
	};

	for (size_t i = 0; i < sizeof(privates) / sizeof(privates[0]); i++) {
		const struct unit_setting *setting = unit_last(unit, privates[i].key);

		if (setting == NULL || (!unit_is_yes(setting->value) &&
					       strcmp(setting->value, privates[i].other_yes) != 0))
			continue;
		for (int d = 0; privates[i].directories[d] != NULL; d++)
			if (covers(privates[i].directories[d], library) > 0)
				return say_where(ret, setting, library, "hides");
	}
	return false;
}

static bool has_another_root(const struct unit *unit, const char *library, struct error_line *ret)
{
	static const char *const keys[] = {"RootDirectory", "RootImage"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct unit_setting *setting = unit_last(unit, keys[i]);

		if (setting != NULL && strcmp(setting->value, "/") != 0)
			return say_where(ret, setting, library,
				"gives the service another root directory, without");
	}
	return false;
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
static bool has_no_permission(const struct unit *unit, const struct library *library,
	const struct user *user, struct error_line *ret)
{
	char path[PATH_MAX], resolved[PATH_MAX];
	struct stat file;

	strcpy(path, library->path);
	for (mode_t bits = 4; user->uid != 0; bits = 1) {
		char *slash = strrchr(path, '/');

		if (root_resolve(unit->root, *path != '\0' ? path : "/", resolved) &&
			stat(resolved, &file) == 0 && !has_permission(&file, user, bits)) {
			say_into(ret, "%s%s: its permissions keep %s from the library", unit->root,
				*path != '\0' ? path : "/", user->name);
			return true;
		}
		if (slash == NULL || slash == path)
			return false;
		*slash = '\0';
	}
	return false;
}

bool hidden_is(const struct unit *unit, const struct library *library, const struct user *user,
	struct error_line *ret)
{
	return has_another_root(unit, library->path, ret) || is_covered(unit, library->path, ret) ||
	       is_in_a_private_directory(unit, library->path, ret) ||
	       has_no_permission(unit, library, user, ret);
}
