/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes the drop-in that enable wrote. The unit itself may be gone. */
#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/deed.h"
#include "ctl/units/drop_in.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "Usage: bindrightctl disable UNIT [OPTION]...\n"
			   "\n"
			   "Undo bindrightctl enable UNIT.\n"
			   "\n"
			   "  --now        restart the service, if it runs\n"
			   "  --root DIR   work below DIR, which holds a system that does not run\n"
			   "  --json       write a JSON document\n"
			   "  -q, --quiet  write nothing but errors\n"
			   "  -h, --help   print this help\n";

static bool find(const char *name, const char *root, struct drop_in *ret)
{
	struct error_line error;

	if (!drop_in_find(name, root, ret, &error))
		say_and_fail("%s", error.text);
	return ret->content != NULL;
}

/* Whether systemd has read the file, which is gone: a disable was interrupted, or another program
 * removed it. */
static bool is_still_read(const struct unit *unit, const struct drop_in *own)
{
	for (size_t i = 0; unit->is_from_systemd && i < unit->drop_ins.count; i++)
		if (strcmp(unit->drop_ins.list[i], own->path) == 0)
			return true;
	return false;
}

/* Points at the template's drop-in, which an instance is enabled by as well. */
static int find_nothing(const struct deed *deed, const struct unit *unit, const struct drop_in *own)
{
	const bool is_stale = is_still_read(unit, own);
	struct error_line error;
	struct drop_in other;
	char template[UNIT_NAME];

	if (unit_name_template(unit->name, template) && find(template, unit->root, &other) &&
		other.is_ours)
		say_and_fail("'%s' is enabled by its template (%s): bindrightctl disable %s",
			unit->name, other.path, template);
	if (unit->state == UNIT_UNKNOWN)
		say_and_fail("unknown unit '%s'", unit->name);
	if (is_stale && !deed_reload(deed, &error))
		say_and_fail("%s", error.text);
	return deed_finish(deed, unit->name, own->path, "not enabled: there is no", is_stale);
}

int disable_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, DEED_LONG_OPTIONS, {0}};
	struct deed deed;
	struct unit unit;
	struct drop_in own;
	struct error_line error;

	deed_take_options(argc, argv, options, help, &deed);
	tool_check_arguments(argc, argv, 1, 1, "UNIT");
	if (!unit_load(argv[optind], deed.root, &unit, &error))
		say_and_fail("%s", error.text);
	if (!find(unit.name, unit.root, &own))
		return find_nothing(&deed, &unit, &own);
	if (!own.is_ours)
		say_and_fail("%s: not written by bindrightctl enable: it stays", own.path);
	if (!drop_in_remove(&own, &error) || !deed_reload(&deed, &error))
		say_and_fail("%s", error.text);
	return deed_finish(&deed, unit.name, own.path, "removed", true);
}
