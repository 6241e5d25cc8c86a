/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has a unit be cured by the library or by the kernel, once nothing is in the way of that: writes
 * the files of drop_in.h. */
#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/deed.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/helper_unit.h"
#include "ctl/units/plan.h"
#include "ctl/units/unit.h"

#include <string.h>
#include <sys/stat.h>

static const char help[] =
	"Usage: bindrightctl enable UNIT [BINDRIGHT_NAME=value]... [OPTION]...\n"
	"\n"
	"Have a systemd unit run with the library, by /etc/systemd/system/UNIT.d/bindright.conf,\n"
	"or have the kernel cure it. BINDRIGHT_V6ONLY is auto, unless it is given or, for the\n"
	"library, the unit sets it.\n"
	"\n"
	"  --kernel        by the kernel, without the library: at once, if the service runs\n"
	"  --now           restart the service, if it runs\n"
	"  --root DIR      write below DIR, which holds a system that does not run\n"
	"  --library PATH  the library, if not the installed one\n"
	"  --json          write a JSON document\n"
	"  -q, --quiet     write nothing but errors\n"
	"  -h, --help      print this help\n";

/* The files as they were. */
struct files {
	struct drop_in drop_in, helper;
};

static bool judge_one(const struct drop_in *file, struct error_line *error)
{
	return file->content == NULL || file->is_ours ||
	       say_into(error, "%s: not written by bindrightctl enable: rename it", file->path);
}

/* A drop-in of this name anywhere would no longer count, if it is not one of ours. */
static bool judge_others(
	const struct unit *unit, const struct drop_in *own, struct error_line *error)
{
	if (!judge_one(own, error))
		return false;
	for (size_t i = 0; i < unit->drop_ins.count; i++) {
		struct drop_in other;
		const char *path = unit->drop_ins.list[i];

		if (strcmp(text_file_name(path), UNIT_OUR_DROP_IN) == 0 &&
			(!drop_in_read(path, unit->root, &other, error) ||
				!judge_one(&other, error)))
			return false;
	}
	return true;
}

static bool find_files(const struct plan *plan, struct files *ret, struct error_line *error)
{
	const char *root = plan->unit.root;

	return drop_in_find(plan->unit.name, root, &ret->drop_in, error) &&
	       drop_in_find_helper(plan->helper, root, &ret->helper, error) &&
	       judge_one(&ret->helper, error) && judge_others(&plan->unit, &ret->drop_in, error);
}

static bool is_as(const struct drop_in *file, const char *wanted)
{
	if (file->content == NULL || wanted == NULL)
		return file->content == wanted;
	return strcmp(file->content, wanted) == 0;
}

static bool write_one(const struct drop_in *file, const char *wanted, struct error_line *error)
{
	if (wanted == NULL)
		return file->content == NULL || drop_in_remove(file, error);
	return is_as(file, wanted) || drop_in_write(file, wanted, error);
}

/* The drop-in never names a helper that is not there. */
static bool write_files(
	const struct files *files, const struct plan *plan, struct error_line *error)
{
	const bool is_first = plan->helper_unit != NULL;

	return (!is_first || write_one(&files->helper, plan->helper_unit, error)) &&
	       write_one(&files->drop_in, plan->drop_in, error) &&
	       (is_first || write_one(&files->helper, NULL, error));
}

/* In the opposite order. */
static bool restore_files(const struct files *files, struct error_line *error)
{
	const bool is_first = files->helper.content != NULL;

	return (!is_first || drop_in_restore(&files->helper, error)) &&
	       drop_in_restore(&files->drop_in, error) &&
	       (is_first || drop_in_restore(&files->helper, error));
}

/* A unit that runs is cured at once, which interrupts nothing: the helper starts beside it. */
static bool take_effect(
	const struct deed *deed, const struct plan *plan, bool is_changed, struct error_line *error)
{
	return deed->root != NULL || plan->helper_unit == NULL || !plan->unit.is_active ||
	       helper_unit_start(plan->helper, is_changed, error);
}

static void write_or_fail(const struct deed *deed, struct plan *plan, const struct files *files)
{
	struct error_line error, ignored;
	bool was_running;

	if (!write_files(files, plan, &error)) {
		restore_files(files, &ignored);
		say_and_fail("%s", error.text);
	}
	if (deed_reload(deed, &error) && (deed->root != NULL || plan_read_back(plan, &error)) &&
		take_effect(deed, plan, true, &error))
		return;
	say_error("%s", error.text);
	if (!restore_files(files, &error))
		say_and_fail("%s", error.text);
	deed_reload(deed, &ignored);
	if (deed->root == NULL && plan->helper_unit != NULL) {
		helper_unit_end(plan->helper, &was_running, &ignored);
		if (was_running && files->helper.content != NULL)
			helper_unit_start(plan->helper, true, &ignored);
	}
	say_and_fail("%s is as it was before", files->drop_in.path);
}

/* What was done to the file that was there or not, and is or not; NULL if there is none to name. */
static const char *did(const struct drop_in *file, const char *wanted)
{
	if (wanted == NULL)
		return file->content != NULL ? "removed" : NULL;
	if (file->content == NULL)
		return "wrote";
	return is_as(file, wanted) ? "already enabled:" : "rewrote, with other settings:";
}

static int finish(const struct deed *deed, const struct plan *plan, const struct files *files,
	bool is_changed)
{
	const bool is_in_effect =
		plan->helper_unit != NULL && deed->root == NULL && plan->unit.is_active;
	struct deed_result result = {
		.unit = plan->unit.name,
		.did = did(&files->drop_in, plan->drop_in),
		.file = files->drop_in.path,
		.did_to_helper = did(&files->helper, plan->helper_unit),
		.is_changed = is_changed,
		.effect = is_in_effect ? "cured without a restart; listeners that it has stay as "
					 "they are until its next start"
				       : NULL,
	};

	if (result.did_to_helper != NULL)
		result.helper = files->helper.path;
	return deed_finish(deed, &result);
}

/* The files are there, but systemd may not have read them yet: an enable that was interrupted, or
 * another program, wrote them. systemd does not say what it knows of a template. */
static int finish_unchanged(const struct deed *deed, struct plan *plan, const struct files *files)
{
	const bool is_template = unit_name_is_template(plan->unit.name);
	struct error_line error;
	bool is_known = deed->root != NULL || (!is_template && plan_is_read(plan, &error));

	if (!is_known && (!deed_reload(deed, &error) || !plan_read_back(plan, &error)))
		say_and_fail("%s", error.text);
	if (!take_effect(deed, plan, false, &error))
		say_and_fail("%s", error.text);
	return finish(deed, plan, files, !is_known && !is_template);
}

int enable_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, DEED_LONG_OPTIONS,
		{"library", required_argument, NULL, DEED_LIBRARY},
		{"kernel", no_argument, NULL, DEED_KERNEL}, {0}};
	struct deed deed;
	struct plan plan;
	struct files files;
	struct error_line error;

	deed_take_options(argc, argv, options, help, &deed);
	tool_check_arguments(argc, argv, 1, argc, "UNIT");
	plan_make(&deed, argv + optind, &plan);
	if (!find_files(&plan, &files, &error))
		say_and_fail("%s", error.text);
	if (is_as(&files.drop_in, plan.drop_in) && is_as(&files.helper, plan.helper_unit))
		return finish_unchanged(&deed, &plan, &files);
	umask(022);
	write_or_fail(&deed, &plan, &files);
	return finish(&deed, &plan, &files, true);
}
