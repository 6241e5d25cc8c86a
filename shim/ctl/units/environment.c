/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/environment.h"

#include "ctl/units/root_files.h"
#include "ctl/units/unit_text.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 32768 };

/* Returns the value if word is NAME=value, else NULL. */
static const char *value_of(const char *word, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

/* Returns what this one setting gives the variable, as a new text, or NULL. systemd ignores what
 * follows a word that it cannot read. */
static char *find_in(const struct unit *unit, const struct unit_setting *setting, const char *name)
{
	const char *at = setting->value;
	char *found = NULL, *word = or_fail(malloc(WORD_MAX));

	while (at != NULL && unit_word_next(&at, word, WORD_MAX)) {
		char *expanded = unit_name_expand(word, unit->name);
		const char *value = value_of(expanded, name);

		if (value != NULL) {
			free(found);
			found = text_copy(value);
		}
		free(expanded);
	}
	free(word);
	return found;
}

char *environment_find(const struct unit *unit, const char *name)
{
	const struct unit_setting *setting = NULL;
	char *found = NULL;

	while ((setting = unit_next(unit, "Environment", setting)) != NULL) {
		char *value = find_in(unit, setting, name);

		if (value == NULL)
			continue;
		free(found);
		found = value;
	}
	return found;
}

/* The text of a file of EnvironmentFile= has the format of a unit file without sections, but for
 * quotes, which do not matter here. Returns the line, or 0. */
static unsigned int line_that_sets(const char *text, const char *name)
{
	struct unit_text at = {.next = text};
	unsigned int line = 0;

	while (unit_text_next(&at))
		if (strcmp(at.key, name) == 0)
			line = at.line;
	return line;
}

static bool file_sets(
	const struct unit *unit, const char *path, const char *name, struct error_line *ret)
{
	char *text;
	int error = root_read(unit->root, path, &text);
	unsigned int line;

	if (error == -ENOENT)
		return false;
	if (error != 0) {
		say_into(ret, "%s%s: cannot be read (%s), and may set %s", unit->root, path,
			strerror(-error), name);
		return true;
	}
	line = line_that_sets(text, name);
	free(text);
	if (line == 0)
		return false;
	say_into(ret,
		"%s%s:%u: sets %s, and EnvironmentFile= wins over Environment=: change it there",
		unit->root, path, line, name);
	return true;
}

/* The path may be a pattern: glob(7). */
static bool files_set(const struct unit *unit, const struct unit_setting *setting, const char *name,
	struct error_line *ret)
{
	char *path = unit_name_expand(setting->value + (*setting->value == '-'), unit->name);
	char *pattern = text_format("%s%s", unit->root, path);
	bool is_set = false;
	glob_t files;

	if (strpbrk(path, "*?[") == NULL) {
		is_set = file_sets(unit, path, name, ret);
	} else if (glob(pattern, 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc && !is_set; i++)
			is_set = file_sets(unit, files.gl_pathv[i] + strlen(unit->root), name, ret);
		globfree(&files);
	}
	free(pattern);
	free(path);
	return is_set;
}

static bool is_set_by_files(const struct unit *unit, const char *name, struct error_line *ret)
{
	const struct unit_setting *setting = NULL;

	while ((setting = unit_next(unit, "EnvironmentFile", setting)) != NULL)
		if (files_set(unit, setting, name, ret))
			return true;
	return false;
}

/* Looks at all settings, because an empty one after ours undoes ours. */
static bool is_set_later(const struct unit *unit, const char *name, struct error_line *ret)
{
	for (size_t i = 0; i < unit->count; i++) {
		const struct unit_setting *setting = &unit->settings[i];
		const bool is_empty = *setting->value == '\0';
		char *value;

		if (strcmp(setting->key, "Environment") != 0 || !unit_is_after_ours(setting))
			continue;
		value = find_in(unit, setting, name);
		if (value == NULL && !is_empty)
			continue;
		free(value);
		say_into(ret, "%s:%u: %s %s, and comes after " UNIT_OUR_DROP_IN ": change it there",
			setting->file, setting->line,
			is_empty ? "an empty Environment= unsets" : "sets", name);
		return true;
	}
	return false;
}

/* UnsetEnvironment=NAME, or NAME=value, which holds for this value alone. */
static bool is_unset(
	const struct unit *unit, const char *name, const char *value, struct error_line *ret)
{
	const struct unit_setting *setting = NULL;
	char *word = or_fail(malloc(WORD_MAX));
	bool is_found = false;

	while (!is_found && (setting = unit_next(unit, "UnsetEnvironment", setting)) != NULL) {
		const char *at = setting->value;

		while (!is_found && at != NULL && unit_word_next(&at, word, WORD_MAX)) {
			char *expanded = unit_name_expand(word, unit->name);
			const char *only = value_of(expanded, name);

			is_found = strcmp(expanded, name) == 0 ||
				   (only != NULL && strcmp(only, value) == 0);
			free(expanded);
		}
		if (is_found)
			say_into(ret, "%s:%u: UnsetEnvironment= takes %s out", setting->file,
				setting->line, name);
	}
	free(word);
	return is_found;
}

bool environment_is_overridden(
	const struct unit *unit, const char *name, const char *value, struct error_line *ret)
{
	return is_set_later(unit, name, ret) || is_set_by_files(unit, name, ret) ||
	       is_unset(unit, name, value, ret);
}

bool environment_has(const struct unit *unit, const char *name)
{
	struct error_line ignored;
	char *value = environment_find(unit, name);

	if (value == NULL)
		return is_set_by_files(unit, name, &ignored);
	free(value);
	return true;
}
