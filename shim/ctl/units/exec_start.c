/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/exec_start.h"

#include "ctl/units/root_files.h"
#include "ctl/units/specifiers.h"
#include "ctl/units/unit_text.h"

#include <stdlib.h>
#include <string.h>

static void add_program(struct unit *unit, char *path)
{
	for (size_t i = 0; i < unit->programs.count; i++)
		if (strcmp(unit->programs.list[i], path) == 0) {
			free(path);
			return;
		}
	texts_add(&unit->programs, path);
}

/* A name without a slash is looked for where systemd does, whatever PATH is. */
static char *find_program(const struct unit *unit, char *name)
{
	static const char *const directories[] = {
		"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
	char resolved[PATH_MAX];

	if (*name == '/')
		return name;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		char *path = text_format("%s/%s", directories[i], name);

		if (root_resolve(unit->root, path, resolved)) {
			free(name);
			return path;
		}
		free(path);
	}
	return name;
}

static void take_command(struct unit *unit, const char *word)
{
	char *name = specifiers_expand(word + strspn(word, "-@:+!|"), unit->name);

	if (*name != '\0')
		add_program(unit, find_program(unit, name));
	else
		free(name);
}

/* A word ';' is between two commands. */
void exec_start_read(struct unit *unit)
{
	const struct unit_setting *setting = NULL;
	char word[PATH_MAX];

	while ((setting = unit_next(unit, "ExecStart", setting)) != NULL) {
		const char *at = setting->value;
		bool is_first = true;

		while (at != NULL && unit_word_next(&at, word, sizeof(word))) {
			if (is_first)
				take_command(unit, word);
			is_first = strcmp(word, ";") == 0;
		}
	}
}

void exec_start_take_shown(struct unit *unit, const char *line)
{
	static const char prefix[] = "ExecStart={ path=";
	const char *path = line + sizeof(prefix) - 1, *end;

	if (strncmp(line, prefix, sizeof(prefix) - 1) != 0)
		return;
	end = strstr(path, " ; argv[]=");
	if (end != NULL && end > path)
		add_program(unit, find_program(unit, text_copy_part(path, (size_t)(end - path))));
}
