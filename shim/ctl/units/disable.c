/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes the files that enable wrote. The unit itself may be gone. */
#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/deed.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/helper_unit.h"

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

/* The unit of the helper, which enable --kernel wrote. Somebody else's of this name is none. */
static bool find_helper(const struct unit *unit, char name[UNIT_NAME], struct drop_in *ret)
{
	struct error_line error;

	*ret = (struct drop_in){.content = NULL};
	if (!helper_unit_name(unit->name, name, &error))
		return false;
	if (!drop_in_find_helper(name, unit->root, ret, &error))
		say_and_fail("%s", error.text);
	return ret->content != NULL && ret->is_ours;
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
	return deed_finish(deed, &(struct deed_result){.unit = unit->name,
					 .did = "not enabled: there is no",
					 .file = own->path,
					 .is_changed = is_stale});
}

/* The cure by the kernel ends here, not with the service. */
static bool end_helper(const struct deed *deed, const char *name)
{
	struct error_line error;
	bool was_running = false;

	if (deed->root == NULL && !helper_unit_end(name, &was_running, &error))
		say_and_fail("%s", error.text);
	return was_running;
}

/* The drop-in names the helper, so it goes first. Not even one that is there without a drop-in
 * stays, as of an enable that was interrupted. */
static int remove_all(const struct deed *deed, const struct unit *unit, const struct drop_in *own,
	const struct drop_in *helper, const char *helper_name)
{
	struct deed_result result = {
		.unit = unit->name, .did = "removed", .file = own->path, .is_changed = true};
	struct error_line error;

	if (!drop_in_remove(own, &error) || (helper != NULL && !drop_in_remove(helper, &error)) ||
		!deed_reload(deed, &error))
		say_and_fail("%s", error.text);
	if (helper != NULL) {
		result.helper = helper->path;
		result.did_to_helper = "removed";
	}
	if (*helper_name != '\0' && end_helper(deed, helper_name) && helper != NULL)
		result.effect = "cured no longer";
	return deed_finish(deed, &result);
}

int disable_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, DEED_LONG_OPTIONS, {0}};
	char helper_name[UNIT_NAME] = "";
	struct deed deed;
	struct unit unit;
	struct drop_in own, helper;
	struct error_line error;
	bool has_helper;

	deed_take_options(argc, argv, options, help, &deed);
	tool_check_arguments(argc, argv, 1, 1, "UNIT");
	if (!unit_load(argv[optind], deed.root, &unit, &error))
		say_and_fail("%s", error.text);
	has_helper = find_helper(&unit, helper_name, &helper);
	if (!find(unit.name, unit.root, &own) && !has_helper)
		return find_nothing(&deed, &unit, &own);
	if (own.content != NULL && !own.is_ours)
		say_and_fail("%s: not written by bindrightctl enable: it stays", own.path);
	return remove_all(&deed, &unit, &own, has_helper ? &helper : NULL, helper_name);
}
