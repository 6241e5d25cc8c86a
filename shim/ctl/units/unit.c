/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/unit.h"

#include "ctl/units/root_files.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/unit_files.h"
#include "ctl/units/unit_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool unit_systemd_runs(void)
{
	return access("/run/systemd/system", F_OK) == 0; /* sd_booted(3) */
}

const struct unit_setting *unit_next(
	const struct unit *unit, const char *key, const struct unit_setting *at)
{
	const struct unit_setting *end = unit->settings + unit->count, *first = unit->settings;

	for (const struct unit_setting *one = first; one < end; one++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): text_copy returns no NULL */
		if (strcmp(one->key, key) == 0 && *one->value == '\0')
			first = one + 1;
	if (at != NULL && at >= first)
		first = at + 1;
	for (; first < end; first++)
		if (strcmp(first->key, key) == 0)
			return first;
	return NULL;
}

const struct unit_setting *unit_last(const struct unit *unit, const char *key)
{
	const struct unit_setting *last = NULL, *one = NULL;

	while ((one = unit_next(unit, key, one)) != NULL)
		last = one;
	return last;
}

bool unit_is_yes(const char *value)
{
	static const char *const yes[] = {"1", "yes", "y", "true", "t", "on"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcasecmp(value, yes[i]) == 0)
			return true;
	return false;
}

bool unit_is_after_ours(const struct unit_setting *setting)
{
	const size_t len = strlen(setting->file), name = strlen(text_file_name(setting->file));

	/* A drop-in lies in a directory NAME.d; the unit's own file does not. */
	return len > name + 3 && strncmp(setting->file + len - name - 3, ".d/", 3) == 0 &&
	       strcmp(text_file_name(setting->file), UNIT_OUR_DROP_IN) > 0;
}

static void add_setting(struct unit *unit, struct unit_setting setting)
{
	unit->settings = list_extend(unit->settings, unit->count, sizeof(*unit->settings));
	unit->settings[unit->count++] = setting;
}

static void read_settings(struct unit *unit, const char *path)
{
	char *text, *whole_path = text_format("%s%s", unit->root, path);
	int error = root_read(unit->root, path, &text);
	struct unit_text at = {.next = text};

	if (error != 0) {
		unit->unreadable = text_format("%s: %s%s", whole_path, strerror(-error),
			error == -ENOENT ? ": systemctl daemon-reload" : "");
		return;
	}
	while (unit_text_next(&at))
		if (strcmp(at.section, "Service") == 0 || strcmp(at.section, "Socket") == 0)
			add_setting(unit, (struct unit_setting){text_copy(at.key),
						  text_copy(at.value), whole_path, at.line});
	free(text);
}

static void read_files(struct unit *unit)
{
	if (unit->state != UNIT_LOADED)
		return;
	if (unit->fragment != NULL)
		read_settings(unit, unit->fragment);
	for (size_t i = 0; i < unit->drop_ins.count; i++)
		if (strcmp(text_file_name(unit->drop_ins.list[i]), UNIT_OUR_DROP_IN) != 0)
			read_settings(unit, unit->drop_ins.list[i]);
}

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
	char *name = unit_name_expand(word + strspn(word, "-@:+!|"), unit->name);

	if (*name != '\0')
		add_program(unit, find_program(unit, name));
	else
		free(name);
}

/* A word ';' is between two commands. */
static void read_programs(struct unit *unit)
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

/* A line of systemctl show, which may be of another property. */
static void take_shown_program(struct unit *unit, const char *line)
{
	static const char prefix[] = "ExecStart={ path=";
	const char *path = line + sizeof(prefix) - 1, *end;

	if (strncmp(line, prefix, sizeof(prefix) - 1) != 0)
		return;
	end = strstr(path, " ; argv[]=");
	if (end != NULL && end > path)
		add_program(unit, find_program(unit, text_copy_part(path, (size_t)(end - path))));
}

static enum unit_state state_of(const char *load_state)
{
	if (strcmp(load_state, "loaded") == 0)
		return UNIT_LOADED;
	if (strcmp(load_state, "masked") == 0)
		return UNIT_MASKED;
	return strcmp(load_state, "not-found") == 0 ? UNIT_UNKNOWN : UNIT_BROKEN;
}

static void take_drop_ins(struct unit *unit, const char *paths)
{
	char path[PATH_MAX];

	while (paths != NULL && unit_word_next(&paths, path, sizeof(path)))
		texts_add(&unit->drop_ins, text_copy(path));
}

static bool ask_systemd(struct unit *unit, struct error_line *error)
{
	struct texts properties = {0};
	const char *id, *fragment, *active;

	if (!systemctl_show(unit->name,
		    "Id,LoadState,FragmentPath,DropInPaths,Transient,ActiveState,User,"
		    "ExecStart,SystemCallFilter,SystemCallErrorNumber",
		    &properties, error))
		return false;
	unit->is_from_systemd = true;
	unit->state = state_of(systemctl_property(&properties, "LoadState"));
	if (unit->state == UNIT_MASKED) {
		unit_files_find(unit);
		unit->state = UNIT_MASKED;
		return true;
	}
	id = systemctl_property(&properties, "Id");
	if (*id != '\0' && strlen(id) < sizeof(unit->name))
		strcpy(unit->name, id);
	fragment = systemctl_property(&properties, "FragmentPath");
	if (*fragment == '/')
		unit->fragment = text_copy(fragment);
	unit->is_transient = strcmp(systemctl_property(&properties, "Transient"), "yes") == 0;
	active = systemctl_property(&properties, "ActiveState");
	unit->is_active =
		*active != '\0' && strcmp(active, "inactive") != 0 && strcmp(active, "failed") != 0;
	unit->user = text_copy(systemctl_property(&properties, "User"));
	unit->filter = text_copy(systemctl_property(&properties, "SystemCallFilter"));
	unit->filter_error = text_copy(systemctl_property(&properties, "SystemCallErrorNumber"));
	take_drop_ins(unit, systemctl_property(&properties, "DropInPaths"));
	for (size_t i = 0; i < properties.count; i++)
		take_shown_program(unit, properties.list[i]);
	return true;
}

/* systemd does not load templates, so their files are read here too. Where there is no bus, it
 * answers root alone. */
static bool find(struct unit *unit, bool is_running_system, struct error_line *error)
{
	if (is_running_system && unit_systemd_runs() && !unit_name_is_template(unit->name)) {
		if (ask_systemd(unit, error))
			return true;
		if (geteuid() == 0)
			return false;
	}
	unit_files_find(unit);
	return true;
}

bool unit_load(const char *asked, const char *root, struct unit *ret, struct error_line *error)
{
	const struct unit_setting *user;

	*ret = (struct unit){.root = root != NULL ? root : ""};
	if (!unit_name_complete(asked, ret->name, error) || !find(ret, root == NULL, error))
		return false;
	read_files(ret);
	if (ret->is_from_systemd)
		return true;
	user = unit_last(ret, "User");
	ret->user = user != NULL ? unit_name_expand(user->value, ret->name) : text_copy("");
	read_programs(ret);
	return true;
}
