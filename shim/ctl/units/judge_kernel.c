/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/judge_kernel.h"

#include "ctl/units/judge_unit.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/unit_text.h"
#include "kernel/attached.h"
#include "kernel/cgroup.h"
#include "kernel/helper.h"
#include "kernel/settings_check.h"

#include <string.h>

static bool is_socket(const struct unit *unit)
{
	return strcmp(unit_name_type(unit->name), "socket") == 0;
}

static bool judge_type(const struct unit *unit, struct error_line *ret)
{
	if (!judge_unit_is_loaded(unit, ret))
		return false;
	if (!is_socket(unit) && strcmp(unit_name_type(unit->name), "service") != 0)
		return say_into(ret, "'%s' is no service or socket, but a %s", unit->name,
			unit_name_type(unit->name));
	if (unit_name_is_template(unit->name))
		return say_into(ret,
			"'%s' is a template, whose instances have a control group each: name one",
			unit->name);
	return is_socket(unit) || unit->programs.count > 0 ||
	       say_into(ret, "%s%s: no ExecStart=, so it runs no program", unit->root,
		       unit->fragment != NULL ? unit->fragment : "");
}

/* What would keep systemd from running the drop-in's command. A command with full privileges, too,
 * is looked for in the service's own root directory. */
static bool judge_command(const struct unit *unit, struct error_line *ret)
{
	static const char *const roots[] = {"RootDirectory", "RootImage"};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		const struct unit_setting *root = unit_last(unit, roots[i]);

		if (root != NULL && strcmp(root->value, "/") != 0)
			return say_into(ret,
				"%s:%u: %s=%s: the helper cannot be started from another root "
				"directory",
				root->file, root->line, root->key, root->value);
	}
	for (size_t i = 0; i < unit->count; i++) {
		const struct unit_setting *one = &unit->settings[i];

		if (strcmp(one->key, "ExecStartPre") == 0 && *one->value == '\0' &&
			unit_is_after_ours(one))
			return say_into(ret,
				"%s:%u: ExecStartPre=: takes out what starts the helper", one->file,
				one->line);
	}
	return true;
}

/* Whether the socket is one of the Internet's: neither a path nor an abstract name, nor vsock. */
static bool has_address(const struct unit *socket)
{
	static const char *const keys[] = {
		"ListenDatagram", "ListenStream", "ListenSequentialPacket"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct unit_setting *one = NULL;

		while ((one = unit_next(socket, keys[i], one)) != NULL)
			if (strchr("/@%", *one->value) == NULL &&
				strncmp(one->value, "vsock:", 6) != 0)
				return true;
	}
	return false;
}

/* systemd makes the sockets of a .socket unit in the control group of that. */
static void warn_of_sockets(const struct unit *unit)
{
	struct texts properties = {0};
	struct error_line ignored;
	const char *triggers;
	char name[UNIT_NAME];

	if (!unit->is_from_systemd ||
		!systemctl_show(unit->name, "TriggeredBy", &properties, &ignored))
		return;
	triggers = systemctl_property(&properties, "TriggeredBy");
	while (triggers != NULL && unit_word_next(&triggers, name, sizeof(name))) {
		struct unit socket;

		if (unit_load(name, NULL, &socket, &ignored) && is_socket(&socket) &&
			has_address(&socket))
			say_warning("%s: the sockets that it gets from %s are not cured with it: "
				    "bindrightctl enable --kernel %s",
				unit->name, name, name);
	}
}

static bool is_helper(pid_t pid, const char *helper)
{
	struct cgroup own;
	struct error_line ignored;

	return cgroup_find_process(pid, &own, &ignored) &&
	       strcmp(text_file_name(own.path), helper) == 0;
}

/* Somebody may have attached by hand to the unit as it runs. */
static bool judge_attached(const struct unit *unit, const char *helper, struct error_line *ret)
{
	struct cgroup group;
	struct attached attached;
	struct error_line ignored;

	if (!unit->is_active || !cgroup_find(unit->name, &group, &ignored) ||
		!attached_find(group.id, &attached) || is_helper(attached.pid, helper))
		return true;
	return say_into(ret, "%s: process %d is attached to it: bindrightctl detach %s", unit->name,
		(int)attached.pid, unit->name);
}

bool judge_kernel(const struct unit *unit, const char *helper, struct settings *settings,
	bool is_first, struct error_line *ret)
{
	if (!settings_check(settings, ret) || !judge_type(unit, ret) || !judge_command(unit, ret))
		return false;
	if (*unit->root != '\0')
		return true;
	if ((is_first && !helper_try(settings, ret)) || !judge_attached(unit, helper, ret))
		return false;
	if (is_first)
		warn_of_sockets(unit);
	return true;
}
