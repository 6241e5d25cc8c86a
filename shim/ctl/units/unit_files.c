/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/unit_files.h"

#include "ctl/units/root_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first that has a file wins: systemd.unit(5). */
static const char *const directories[] = {"/etc/systemd/system.control",
	"/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early",
	"/etc/systemd/system", "/etc/systemd/system.attached", "/run/systemd/system",
	"/run/systemd/system.attached", "/run/systemd/generator", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late"};
enum { DIRECTORIES = sizeof(directories) / sizeof(directories[0]) };

/* A unit's name may be a link to another name, and so on. */
enum { ALIASES_MAX = 8 };

/* Sets target to what the symbolic link is, or "" if it is none. Returns false if there is nothing.
 * The unit directories of a root may be links themselves. */
static bool look(const char *root, const char *directory, const char *name, char target[PATH_MAX])
{
	struct stat file;
	int fd = root_open(root, directory, O_PATH | O_DIRECTORY);
	ssize_t len = -1;
	bool is_there;

	if (fd < 0)
		return false;
	is_there = fstatat(fd, name, &file, AT_SYMLINK_NOFOLLOW) == 0;
	if (is_there && S_ISLNK(file.st_mode))
		len = readlinkat(fd, name, target, PATH_MAX - 1);
	close(fd);
	target[len > 0 ? len : 0] = '\0';
	return is_there;
}

static bool is_empty_file(const char *root, const char *path)
{
	char resolved[PATH_MAX];
	struct stat file;

	return root_resolve(root, path, resolved) && stat(resolved, &file) == 0 &&
	       S_ISREG(file.st_mode) && file.st_size == 0;
}

/* Returns a new path, or NULL. */
static char *find_file(const struct unit *unit, const char *name, char target[PATH_MAX])
{
	for (int i = 0; i < DIRECTORIES; i++)
		if (look(unit->root, directories[i], name, target))
			return text_format("%s/%s", directories[i], name);
	return NULL;
}

/* The name of another unit that the link leads to; for an instance whose link leads to a template,
 * the other template's instance. A link to a file of no such name is the unit's own file, which
 * lies elsewhere. Returns false if name is the unit's own. */
static bool follow_alias(char name[UNIT_NAME], const char *target)
{
	const char *other = text_file_name(target), *at = strchr(name, '@');
	char next[UNIT_NAME], template[UNIT_NAME];

	if (*unit_name_type(other) == '\0' ||
		strcmp(unit_name_type(other), unit_name_type(name)) != 0 ||
		strlen(other) >= sizeof(next))
		return false;
	strcpy(next, other);
	if (unit_name_template(name, template) && unit_name_is_template(other) &&
		snprintf(next, sizeof(next), "%.*s%s", (int)strcspn(other, "@"), other, at) >=
			(int)sizeof(next))
		return false;
	if (strcmp(next, name) == 0)
		return false;
	strcpy(name, next);
	return true;
}

static void find_fragment(struct unit *unit)
{
	char target[PATH_MAX], template[UNIT_NAME];

	unit->state = UNIT_UNKNOWN;
	for (int i = 0; i < ALIASES_MAX; i++) {
		free(unit->fragment);
		unit->fragment = find_file(unit, unit->name, target);
		if (unit->fragment == NULL && unit_name_template(unit->name, template))
			unit->fragment = find_file(unit, template, target);
		if (unit->fragment == NULL)
			return;
		if (strcmp(target, "/dev/null") == 0 || is_empty_file(unit->root, unit->fragment)) {
			unit->state = UNIT_MASKED;
			return;
		}
		if (!follow_alias(unit->name, target)) {
			unit->state = UNIT_LOADED;
			return;
		}
	}
}

/* Adds the drop-ins of one directory, unless another of the same file name was found before. */
static void add_drop_ins(struct unit *unit, const char *directory)
{
	static const char suffix[] = ".conf";
	int fd = root_open(unit->root, directory, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		const size_t len = strlen(entry->d_name);
		bool is_new = len > strlen(suffix) && entry->d_name[0] != '.' &&
			      strcmp(entry->d_name + len - strlen(suffix), suffix) == 0;

		for (size_t i = 0; is_new && i < unit->drop_ins.count; i++)
			is_new = strcmp(text_file_name(unit->drop_ins.list[i]), entry->d_name) != 0;
		if (is_new)
			texts_add(&unit->drop_ins, text_format("%s/%s", directory, entry->d_name));
	}
	closedir(dir);
}

/* The names whose drop-ins a unit has: a-b@x.service, a-b@.service, a-@x.service, a-@.service. */
static void list_names(const char *name, struct texts *names)
{
	const char *end = strchr(name, '@') != NULL ? strchr(name, '@') : strrchr(name, '.');
	size_t len = (size_t)(end - name);

	for (;;) {
		char *one = text_format("%.*s%s", (int)len, name, end);
		const char *dash;
		char template[UNIT_NAME];

		texts_add(names, one);
		if (strlen(one) < sizeof(template) && unit_name_template(one, template))
			texts_add(names, text_copy(template));
		if (len > 0 && name[len - 1] == '-')
			len--;
		dash = memrchr(name, '-', len);
		if (dash == NULL)
			return;
		len = (size_t)(dash + 1 - name);
	}
}

static int compare_file_names(const void *a, const void *b)
{
	return strcmp(text_file_name(*(char *const *)a), text_file_name(*(char *const *)b));
}

/* A more specific name's directory comes first, then an earlier unit directory. */
static void find_drop_ins(struct unit *unit)
{
	struct texts names = {0};

	list_names(unit->name, &names);
	texts_add(&names, text_copy(unit_name_type(unit->name)));
	for (size_t n = 0; n < names.count; n++)
		for (int i = 0; i < DIRECTORIES; i++) {
			char *directory = text_format("%s/%s.d", directories[i], names.list[n]);

			add_drop_ins(unit, directory);
			free(directory);
		}
	if (unit->drop_ins.count == 0)
		return;
	qsort(unit->drop_ins.list, unit->drop_ins.count, sizeof(*unit->drop_ins.list),
		compare_file_names);
}

void unit_files_find(struct unit *unit)
{
	static const char transient[] = "/run/systemd/transient/";

	find_fragment(unit);
	if (unit->fragment == NULL)
		return;
	unit->is_transient = strncmp(unit->fragment, transient, sizeof(transient) - 1) == 0;
	find_drop_ins(unit);
}
