/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/plan.h"

#include "ctl/ld_preload.h"
#include "ctl/setting_arguments.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/environment.h"
#include "ctl/units/helper_unit.h"
#include "ctl/units/installed.h"
#include "ctl/units/judge_kernel.h"
#include "ctl/units/judge_unit.h"
#include "ctl/units/root_files.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/unit_text.h"
#include "libc/preload.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void take_settings(
	char *const arguments[], struct assignments *ret, struct settings *ret_settings)
{
	setting_arguments_take(arguments, ret, ret_settings);
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
static bool judge_preload(const struct plan *plan, bool is_warning, struct error_line *error)
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

static void make_by_library(const struct deed *deed, struct plan *plan)
{
	struct error_line error;

	if (!judge_unit_is_service(&plan->unit, &error) ||
		!installed_find(deed->library, deed->root, &plan->library, &error))
		say_and_fail("%s", error.text);
	if (assignments_find(&plan->assignments, "BINDRIGHT_V6ONLY") == NULL &&
		!environment_has(&plan->unit, "BINDRIGHT_V6ONLY"))
		assignments_take(&plan->assignments, "default", "BINDRIGHT_V6ONLY", "auto");
	plan->preload = make_preload(plan);
	if (!unit_word_is_accepted(plan->preload))
		say_and_fail("LD_PRELOAD: systemd takes no value that is not UTF-8 or has control "
			     "characters");
	if (!judge_preload(plan, true, &error))
		say_and_fail("%s", error.text);
	plan->drop_in = drop_in_make(plan->unit.name, plan->preload, &plan->assignments);
}

/* The program that the helper's unit runs: this one, or below --root the installed one. */
static bool find_program(const struct unit *unit, char ret[PATH_MAX], struct error_line *error)
{
	char resolved[PATH_MAX];

	if (*unit->root == '\0')
		return realpath("/proc/self/exe", ret) != NULL ||
		       say_into(error, "/proc/self/exe: %s", strerror(errno));
	strcpy(ret, PROGRAM_PATH);
	/* NOLINTNEXTLINE(readability-suspicious-call-argument): ret is the path to resolve here */
	return root_resolve(unit->root, ret, resolved) ||
	       say_into(error, "the program is missing: '%s%s'", unit->root, ret);
}

static void make_by_kernel(struct plan *plan)
{
	char program[PATH_MAX];
	struct error_line error;

	if (!judge_kernel(&plan->unit, plan->helper, &plan->settings, true, &error) ||
		!find_program(&plan->unit, program, &error))
		say_and_fail("%s", error.text);
	plan->drop_in = helper_unit_make_drop_in(plan->unit.name, plan->helper);
	plan->helper_unit = helper_unit_make(plan->unit.name, program, &plan->assignments);
}

void plan_make(const struct deed *deed, char *const arguments[], struct plan *ret)
{
	struct error_line error;

	*ret = (struct plan){.drop_in = NULL};
	take_settings(arguments + 1, &ret->assignments, &ret->settings);
	if (!unit_load(arguments[0], deed->root, &ret->unit, &error) ||
		!helper_unit_name(ret->unit.name, ret->helper, &error))
		say_and_fail("%s", error.text);
	if (deed->is_by_kernel)
		make_by_kernel(ret);
	else
		make_by_library(deed, ret);
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

bool plan_is_read(const struct plan *plan, struct error_line *error)
{
	if (plan->helper_unit != NULL)
		return helper_unit_is_read(plan->unit.name, plan->helper, error);
	return has_variables(plan, error);
}

bool plan_read_back(struct plan *plan, struct error_line *error)
{
	const char *name = plan->unit.name;
	struct unit now;

	if (!unit_load(name, NULL, &now, error))
		return false;
	plan->unit = now;
	if (plan->helper_unit != NULL)
		return judge_kernel(&now, plan->helper, &plan->settings, false, error) &&
		       plan_is_read(plan, error);
	return judge_unit_is_service(&now, error) && judge_preload(plan, false, error) &&
	       (unit_name_is_template(now.name) || plan_is_read(plan, error));
}
