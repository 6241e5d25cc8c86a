/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/judge_unit.h"

#include "ctl/confine.h"
#include "ctl/process.h"
#include "ctl/reach.h"
#include "ctl/units/environment.h"
#include "ctl/units/filter.h"
#include "ctl/units/hidden.h"
#include "ctl/units/installed.h"
#include "ctl/units/root_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A socket starts what Service= names, or else the service of its own name; with Accept=, one
 * instance of a template for each connection. */
static char *service_of_socket(const struct unit *unit)
{
	const struct unit_setting *service = unit_last(unit, "Service");
	const struct unit_setting *accept = unit_last(unit, "Accept");
	const bool is_accepting = accept != NULL && unit_is_yes(accept->value);
	const int len = (int)(strrchr(unit->name, '.') - unit->name);

	if (service != NULL)
		return unit_name_expand(service->value, unit->name);
	return text_format("%.*s%s.service", len, unit->name,
		is_accepting && strchr(unit->name, '@') == NULL ? "@" : "");
}

static bool say_no_service(const struct unit *unit, struct error_line *ret)
{
	const char *type = unit_name_type(unit->name);
	char *service;

	if (strcmp(type, "socket") != 0)
		return say_into(ret, "'%s' is no service, but a %s", unit->name, type);
	service = service_of_socket(unit);
	say_into(ret, "'%s' is a socket, which %s serves: name that", unit->name, service);
	free(service);
	return false;
}

static bool say_unknown(const struct unit *unit, struct error_line *ret)
{
	const int len = (int)(strrchr(unit->name, '.') - unit->name);
	char *script = text_format("/etc/init.d/%.*s", len, unit->name);
	char resolved[PATH_MAX];

	if (!unit->is_from_systemd && root_resolve(unit->root, script, resolved))
		say_into(ret, "unknown unit '%s'; only a running systemd makes a unit of '%s%s'",
			unit->name, unit->root, script);
	else
		say_into(ret, "unknown unit '%s'%s%s", unit->name,
			*unit->root != '\0' ? " below " : "", unit->root);
	free(script);
	return false;
}

bool judge_unit_is_loaded(const struct unit *unit, struct error_line *ret)
{
	const char *file = unit->fragment != NULL ? unit->fragment : "no file";

	switch (unit->state) {
	case UNIT_UNKNOWN:
		return say_unknown(unit, ret);
	case UNIT_MASKED:
		return say_into(ret, "'%s' is masked (%s%s): systemctl unmask %s", unit->name,
			unit->root, file, unit->name);
	case UNIT_BROKEN:
		return say_into(ret, "systemd cannot load '%s' (%s): systemctl status %s",
			unit->name, file, unit->name);
	case UNIT_LOADED:
		break;
	}
	if (unit->is_transient)
		return say_into(
			ret, "'%s' is transient (%s): it lasts until it stops", unit->name, file);
	if (unit->unreadable != NULL)
		return say_into(ret, "%s", unit->unreadable);
	return true;
}

bool judge_unit_is_service(const struct unit *unit, struct error_line *ret)
{
	if (!judge_unit_is_loaded(unit, ret))
		return false;
	return strcmp(unit_name_type(unit->name), "service") == 0 || say_no_service(unit, ret);
}

static bool is_dynamic(const struct unit *unit)
{
	const struct unit_setting *dynamic = unit_last(unit, "DynamicUser");

	return dynamic != NULL && unit_is_yes(dynamic->value);
}

/* One that the host does not know, as of DynamicUser= or of another root, owns nothing. */
static void find_user(const struct unit *unit, struct user *ret)
{
	if (*unit->user == '\0' && !is_dynamic(unit)) {
		user_of_ids(0, 0, ret);
	} else if (!user_find(unit->user, ret)) {
		user_of_ids((uid_t)-2, (gid_t)-2, ret);
		snprintf(ret->name, sizeof(ret->name), "%s",
			*unit->user != '\0' ? unit->user : "the dynamic user");
	}
}

static void judge_program(const struct unit *unit, const char *program,
	const struct library *library, const struct user *user, struct verdict *ret)
{
	char resolved[PATH_MAX];

	memset(ret, 0, sizeof(*ret));
	if (!root_resolve(unit->root, program, resolved)) {
		judge_set(ret, ANSWER_UNKNOWN, NULL, "is missing");
		return;
	}
	reach_judge(resolved, user, library, ret);
	if (*unit->root != '\0')
		return;
	/* What a script runs is not known. */
	if (strcmp(ret->path, resolved) == 0)
		judge_imports(ret);
	confine_warn(ret, resolved, library);
}

/* Judges one program, and keeps a worse answer than the one there was. */
static void judge_one(const struct unit *unit, const char *program, const struct library *library,
	const struct user *user, struct verdict *worst)
{
	const bool is_first = program == unit->programs.list[0];
	struct verdict verdict;

	judge_program(unit, program, library, user, &verdict);
	if (!is_first && (verdict.answer == ANSWER_YES || worst->answer == ANSWER_NO))
		return;
	*worst = verdict;
	if (*verdict.reason == '\0')
		return;
	judge_set(worst, verdict.answer, verdict.instead, "%s%s: %s", unit->root, program,
		verdict.reason);
	worst->obstacle = verdict.obstacle;
}

static bool runs_program_of(const struct process *process, const struct unit *unit)
{
	char link[64], exe[PATH_MAX], program[PATH_MAX];
	ssize_t len;

	process_path(process, "exe", link, sizeof(link));
	len = readlink(link, exe, sizeof(exe) - 1);
	if (len <= 0)
		return false;
	exe[len] = '\0';
	for (size_t i = 0; i < unit->programs.count; i++)
		if (realpath(unit->programs.list[i], program) != NULL && strcmp(program, exe) == 0)
			return true;
	return false;
}

static bool is_secure(const struct process *process)
{
	struct auxv auxv;
	char *data;
	long len = process_read(process, "auxv", &data);
	bool is;

	if (len < 0)
		return false;
	is = process_parse_auxv(data, (size_t)len, &auxv) && auxv.is_secure;
	free(data);
	return is;
}

/* A process of the unit that runs one of the unit's own programs in secure mode, as squid's worker
 * does, which its parent starts with different real and effective user IDs. Processes that other
 * programs run, and those that this process may not look at, do not count. */
struct secure {
	const struct unit *unit;
	char process[PROCESS_NAME]; /* "" if there is none */
};

static void judge_process(const struct process *process, void *data)
{
	struct secure *secure = data;
	char unit[PROCESS_UNIT];

	if (*secure->process != '\0' || process->state != PROCESS_RUNS)
		return;
	process_unit(process, unit);
	if (strcmp(unit, secure->unit->name) == 0 && runs_program_of(process, secure->unit) &&
		is_secure(process))
		strcpy(secure->process, process->name);
}

static bool has_secure_process(const struct unit *unit, struct error_line *ret)
{
	struct secure secure = {.unit = unit};

	if (unit->is_active)
		process_each(judge_process, &secure);
	if (*secure.process != '\0')
		say_into(ret,
			"its process %s runs in secure mode (its real and effective user differ, "
			"or it has gained privileges), and the loader ignores the library there",
			secure.process);
	return *secure.process != '\0';
}

void judge_unit(const struct unit *unit, const struct library *library, const char *preload,
	const struct user *user, struct verdict *ret)
{
	struct error_line line;
	struct user own;

	memset(ret, 0, sizeof(*ret));
	if (user == NULL) {
		find_user(unit, &own);
		user = &own;
	}
	if (unit->programs.count == 0)
		judge_set(ret, ANSWER_NO, NULL, "%s%s: no ExecStart=, so it runs no program",
			unit->root, unit->fragment != NULL ? unit->fragment : "");
	for (size_t i = 0; i < unit->programs.count; i++)
		judge_one(unit, unit->programs.list[i], library, user, ret);
	if (ret->answer == ANSWER_NO)
		return;
	if (environment_is_overridden(unit, "LD_PRELOAD", preload, &line) ||
		hidden_is(unit, library, user, &line) || filter_is_in_the_way(unit, &line) ||
		has_secure_process(unit, &line)) {
		judge_set(ret, ANSWER_NO, NULL, "%s", line.text);
		ret->kernel_can = true;
	}
}

/* Where the library is not installed, judges as if it were. */
void check_unit(const char *name, const struct user *user, struct verdict *ret)
{
	struct library library;
	struct error_line error, ignored;
	struct unit unit;

	if (!unit_load(name, NULL, &unit, &error) || !judge_unit_is_service(&unit, &error)) {
		judge_set(ret, ANSWER_UNKNOWN, NULL, "%s", error.text);
		return;
	}
	if (!installed_find(NULL, NULL, &library, &ignored))
		library_set(LIBRARY_PATH, LIBRARY_PATH, &library);
	judge_unit(&unit, &library, library.entry, user, ret);
}
