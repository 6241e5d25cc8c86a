/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a drop-in by which a service runs with the library, once nothing is in its way. */
#include "ctl/assignments.h"
#include "ctl/ld_preload.h"
#include "ctl/say.h"
#include "ctl/setting_arguments.h"
#include "ctl/tool.h"
#include "ctl/units/deed.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/environment.h"
#include "ctl/units/installed.h"
#include "ctl/units/judge_unit.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/unit_text.h"
#include "libc/preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
	"Usage: bindrightctl enable UNIT [BINDRIGHT_NAME=value]... [OPTION]...\n"
	"\n"
	"Have a systemd unit run with the library, by /etc/systemd/system/UNIT.d/bindright.conf.\n"
	"BINDRIGHT_V6ONLY is auto, unless it is given or the unit sets it.\n"
	"\n"
	"  --now           restart the service, if it runs\n"
	"  --root DIR      write below DIR, which holds a system that does not run\n"
	"  --library PATH  the library, if not the installed one\n"
	"  --json          write a JSON document\n"
	"  -q, --quiet     write nothing but errors\n"
	"  -h, --help      print this help\n";

/* What is to be done, found before anything is written. */
struct plan {
	struct unit unit;
	struct library library;
	struct assignments assignments;
	char *preload; /* the value of LD_PRELOAD */
};

static void take_settings(char *const arguments[], struct assignments *ret)
{
	struct settings settings;

	setting_arguments_take(arguments, ret, &settings);
	for (size_t i = 0; i < ret->count; i++)
		if (!unit_word_is_accepted(ret->list[i].value))
			say_and_fail("%s: systemd takes no value that is not UTF-8 or has control "
				     "characters",
				ret->list[i].name);
}

/* What the unit preloads stays, behind the library; the library under another path does not. */
static char *make_preload(const struct plan *plan)
{
	char *present = environment_find(&plan->unit, "LD_PRELOAD");
	char *list = present != NULL ? present : text_copy(""), *preload;
	size_t len;

	preload_remove(list, "libbindright.so");
	len = ld_preload_insert(list, plan->library.entry, NULL, 0) + 1;
	preload = or_fail(malloc(len));
	ld_preload_insert(list, plan->library.entry, preload, len);
	free(list);
	return preload;
}

/* All that can be in the way of the unit as it is. */
static bool judge(const struct plan *plan, bool is_warning, struct error_line *error)
{
	struct verdict verdict;

	judge_unit(&plan->unit, &plan->library, plan->preload, NULL, &verdict);
	if (verdict.answer == ANSWER_NO)
		return say_into(error, "%s: %s", plan->unit.name, verdict.reason);
	if (verdict.answer == ANSWER_UNKNOWN && is_warning)
		say_warning("%s: cannot tell whether the library can act: %s", plan->unit.name,
			verdict.reason);
	for (size_t i = 0; i < VERDICT_WARNINGS && is_warning; i++)
		if (verdict.warnings[i][0] != '\0')
			say_warning("%s: %s", plan->unit.name, verdict.warnings[i]);
	for (size_t i = 0; i < plan->assignments.count; i++) {
		const struct assignment *one = &plan->assignments.list[i];

		if (environment_is_overridden(&plan->unit, one->name, one->value, error))
			return false;
	}
	return true;
}

/* A drop-in of this name anywhere would no longer count, if it is not one of ours. */
static bool judge_others(
	const struct unit *unit, const struct drop_in *own, struct error_line *error)
{
	if (own->content != NULL && !own->is_ours)
		return say_into(
			error, "%s: not written by bindrightctl enable: rename it", own->path);
	for (size_t i = 0; i < unit->drop_ins.count; i++) {
		struct drop_in other;
		const char *path = unit->drop_ins.list[i];

		if (strcmp(text_file_name(path), UNIT_OUR_DROP_IN) != 0)
			continue;
		if (!drop_in_read(path, unit->root, &other, error))
			return false;
		if (other.content != NULL && !other.is_ours)
			return say_into(error, "%s: not written by bindrightctl enable: rename it",
				other.path);
	}
	return true;
}

static void make_plan(const struct deed *deed, char *const arguments[], struct plan *plan)
{
	struct error_line error;

	take_settings(arguments + 1, &plan->assignments);
	if (!unit_load(arguments[0], deed->root, &plan->unit, &error) ||
		!judge_unit_is_service(&plan->unit, &error) ||
		!installed_find(deed->library, deed->root, &plan->library, &error))
		say_and_fail("%s", error.text);
	if (assignments_find(&plan->assignments, "BINDRIGHT_V6ONLY") == NULL &&
		!environment_has(&plan->unit, "BINDRIGHT_V6ONLY"))
		assignments_take(&plan->assignments, "default", "BINDRIGHT_V6ONLY", "auto");
	plan->preload = make_preload(plan);
	if (!unit_word_is_accepted(plan->preload))
		say_and_fail("LD_PRELOAD: systemd takes no value that is not UTF-8 or has control "
			     "characters");
	if (!judge(plan, true, &error))
		say_and_fail("%s", error.text);
}

/* Whether systemd has NAME=value in the unit's environment. */
static bool has_variable(const char *environment, const char *name, const char *value)
{
	char *wanted = text_format("%s=%s", name, value);
	const size_t size = strlen(environment) + 1;
	char *word = or_fail(malloc(size));
	bool is_found = false;

	while (!is_found && environment != NULL && unit_word_next(&environment, word, size))
		is_found = strcmp(word, wanted) == 0;
	free(word);
	free(wanted);
	return is_found;
}

static bool has_variables(const struct plan *plan, struct error_line *error)
{
	struct texts properties = {0};
	const char *environment, *missing = NULL;

	if (!systemctl_show(plan->unit.name, "Environment", &properties, error))
		return false;
	environment = systemctl_property(&properties, "Environment");
	if (!has_variable(environment, "LD_PRELOAD", plan->preload))
		missing = "LD_PRELOAD";
	for (size_t i = 0; i < plan->assignments.count; i++)
		if (!has_variable(environment, plan->assignments.list[i].name,
			    plan->assignments.list[i].value))
			missing = plan->assignments.list[i].name;
	return missing == NULL || say_into(error, "%s: systemd does not have %s from the drop-in",
					  plan->unit.name, missing);
}

/* Asks again, because systemd may have read other files than before, which somebody had changed. */
static bool read_back(const struct deed *deed, struct plan *plan, struct error_line *error)
{
	const struct unit before = plan->unit;

	if (deed->root != NULL)
		return true;
	if (!unit_load(before.name, NULL, &plan->unit, error) ||
		!judge_unit_is_service(&plan->unit, error) || !judge(plan, false, error))
		return false;
	/* systemd does not load templates. */
	return unit_name_is_template(plan->unit.name) || has_variables(plan, error);
}

static void write_or_fail(
	const struct deed *deed, struct plan *plan, const struct drop_in *own, const char *content)
{
	struct error_line error, undo;

	if (!drop_in_write(own, content, &error))
		say_and_fail("%s", error.text);
	if (deed_reload(deed, &error) && read_back(deed, plan, &error))
		return;
	say_error("%s", error.text);
	if (!drop_in_restore(own, &undo))
		say_and_fail("%s", undo.text);
	deed_reload(deed, &undo);
	say_and_fail("%s is as it was before", own->path);
}

/* The file is there, but systemd may not have read it yet: an enable that was interrupted, or
 * another program, wrote it. systemd does not say what it knows of a template. */
static int finish_unchanged(const struct deed *deed, struct plan *plan, const struct drop_in *own)
{
	const bool is_template = unit_name_is_template(plan->unit.name);
	struct error_line error;
	bool is_known = deed->root != NULL || (!is_template && has_variables(plan, &error));

	if (!is_known && (!deed_reload(deed, &error) || !read_back(deed, plan, &error)))
		say_and_fail("%s", error.text);
	return deed_finish(
		deed, plan->unit.name, own->path, "already enabled:", !is_known && !is_template);
}

int enable_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, DEED_LONG_OPTIONS,
		{"library", required_argument, NULL, DEED_LIBRARY}, {0}};
	struct deed deed;
	struct plan plan = {0};
	struct drop_in own;
	struct error_line error;
	char *content;

	deed_take_options(argc, argv, options, help, &deed);
	tool_check_arguments(argc, argv, 1, argc, "UNIT");
	make_plan(&deed, argv + optind, &plan);
	if (!drop_in_find(plan.unit.name, plan.unit.root, &own, &error) ||
		!judge_others(&plan.unit, &own, &error))
		say_and_fail("%s", error.text);
	content = drop_in_make(plan.unit.name, plan.preload, &plan.assignments);
	if (own.content != NULL && strcmp(own.content, content) == 0)
		return finish_unchanged(&deed, &plan, &own);
	umask(022);
	write_or_fail(&deed, &plan, &own, content);
	return deed_finish(&deed, plan.unit.name, own.path,
		own.content != NULL ? "rewrote, with other settings:" : "wrote", true);
}
