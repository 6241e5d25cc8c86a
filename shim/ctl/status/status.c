/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bindrightctl status: the processes that run with the library, and what it has done there. */
#include "ctl/list.h"
#include "ctl/process.h"
#include "ctl/status/report.h"
#include "ctl/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"Usage: bindrightctl status [OPTION]... [PID|UNIT]...\n"
	"\n"
	"Show the processes that run with the library, and the control groups that the kernel back\n"
	"end is attached to, of the whole host or of these units and processes: version, settings\n"
	"in effect, and what was done. Also shows units that 'bindrightctl enable' was used on and\n"
	"that run without.\n"
	"\n"
	"  --json        print JSON\n"
	"  --prometheus  print metrics in the text format of Prometheus\n"
	"  -q, --quiet   print nothing; the exit status says it\n"
	"  -h, --help    print this text\n"
	"\n"
	"Exit status: 0; 1 if an enabled unit, or what was asked for, runs without either;\n"
	"2 if what was asked for does not exist or may not be read. See bindrightctl(8).\n";

enum { OPTION_PROMETHEUS = TOOL_FIRST_OWN };

/* A process or unit of the command line. */
struct target {
	pid_t pid; /* 0 for a unit */
	char unit[PROCESS_UNIT];
	char process[PROCESS_NAME]; /* one that was seen; "" if none */
	bool has_library;
	bool is_attached; /* the kernel back end is, to its group or one above */
	int error;	  /* of a process that may not be read */
};

struct survey {
	struct target *targets;
	size_t target_count;
	struct groups groups;
	struct enabled_list enabled;
	struct covered_list covered;
	struct attachment *attachments;
	size_t attachment_count;
	size_t unseen;
};

/* Adds it to what is shown, once. */
static void show_attached(struct survey *survey, const struct covered *covered)
{
	struct attachment *attachment;

	for (size_t i = 0; i < survey->attachment_count; i++)
		if (survey->attachments[i].attached == &covered->attached)
			return;
	survey->attachments = list_extend(
		survey->attachments, survey->attachment_count, sizeof(*survey->attachments));
	attachment = &survey->attachments[survey->attachment_count++];
	*attachment = (struct attachment){&covered->attached, covered->path, ""};
	process_parse_unit(covered->path, attachment->unit);
}

static void parse_target(const char *argument, struct target *ret)
{
	*ret = (struct target){.pid = 0};
	if (process_parse_pid(argument, &ret->pid)) {
		if (ret->pid == 0)
			say_and_fail("'%s' is not a process ID", argument);
		return;
	}
	if (*argument == '\0' || strchr(argument, '/') != NULL ||
		strlen(argument) + sizeof(".service") > sizeof(ret->unit))
		say_and_fail("'%s' is neither a process ID nor the name of a unit", argument);
	snprintf(ret->unit, sizeof(ret->unit), "%s%s", argument,
		strchr(argument, '.') == NULL ? ".service" : "");
	if (strlen(ret->unit) <= strlen(".service") ||
		strcmp(ret->unit + strlen(ret->unit) - strlen(".service"), ".service") != 0)
		say_and_fail("'%s' is not a service: processes belong to .service units", argument);
}

/* What is attached for a process that was asked for is shown, and so is what is attached by it. */
static bool is_attached(struct survey *survey, pid_t pid, bool is_shown)
{
	bool is = false;

	for (size_t i = 0; i < survey->covered.count; i++) {
		const struct covered *covered = &survey->covered.items[i];

		if (covered->attached.pid != pid && !covered_has_process(covered, pid))
			continue;
		is = true;
		if (is_shown)
			show_attached(survey, covered);
	}
	return is;
}

static struct target *find_target(struct survey *survey, pid_t pid, const char *unit)
{
	for (size_t i = 0; i < survey->target_count; i++) {
		struct target *target = &survey->targets[i];

		if (target->pid == pid ||
			(*target->unit != '\0' && strcmp(target->unit, unit) == 0))
			return target;
	}
	return NULL;
}

static void note_target(
	struct survey *survey, const struct process *process, const char *unit, int error)
{
	struct target *target = find_target(survey, process->pid, unit);

	if (target == NULL)
		return;
	if (*target->process == '\0')
		strcpy(target->process, process->name);
	target->has_library |= error == 0;
	target->is_attached |= is_attached(survey, process->pid, true);
	if (error != 0 && error != ENOENT)
		target->error = error;
}

static void note_enabled(
	struct survey *survey, const struct process *process, const char *unit, int error)
{
	struct enabled *enabled = enabled_of(&survey->enabled, unit);

	if (enabled == NULL)
		return;
	if (*enabled->without == '\0')
		strcpy(enabled->without, process->name);
	enabled->has_library |= error == 0;
	enabled->is_attached |= is_attached(survey, process->pid, false);
	enabled->is_unseen |= error != 0 && error != ENOENT;
}

/* Until systemd's child executes the program of its unit, it is called (PROGRAM), and has no
 * library. The helper of PAMName= is called so for as long as the service runs. */
static bool is_of_systemd(const struct process *process)
{
	return process->name[0] == '(';
}

static void take_process(const struct process *process, void *data)
{
	struct survey *survey = data;
	struct instance instance;
	char unit[PROCESS_UNIT];
	int error = instance_read(process, &instance);

	process_unit(process, unit);
	if (error == ENOENT && is_of_systemd(process))
		*unit = '\0';
	note_target(survey, process, unit, error);
	note_enabled(survey, process, unit, error);
	if (error == 0)
		groups_add(&survey->groups, &instance);
	else if (error != ENOENT && survey->target_count == 0)
		survey->unseen++;
}

static bool is_wanted(struct survey *survey, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (find_target(survey, group->instances[i]->pid, group->instances[i]->unit) !=
			NULL)
			return true;
	return false;
}

static bool is_enabled_wanted(const struct survey *survey, const struct enabled *enabled)
{
	for (size_t i = 0; i < survey->target_count; i++)
		if (enabled_is_of(enabled, survey->targets[i].unit))
			return true;
	return false;
}

/* Keeps what was asked for; a process brings its whole unit or family. */
static void drop_others(struct survey *survey)
{
	size_t kept = 0;

	for (size_t i = 0; i < survey->groups.count; i++)
		if (is_wanted(survey, &survey->groups.list[i]))
			survey->groups.list[kept++] = survey->groups.list[i];
	survey->groups.count = kept;
	kept = 0;
	for (size_t i = 0; i < survey->enabled.count; i++)
		if (is_enabled_wanted(survey, &survey->enabled.list[i]))
			survey->enabled.list[kept++] = survey->enabled.list[i];
	survey->enabled.count = kept;
}

/* Returns the exit status for one target; adds it to the list if it runs without the library. */
static int judge_target(struct survey *survey, const struct target *target,
	struct without **without, size_t *without_count)
{
	if (target->has_library || target->is_attached)
		return TOOL_YES;
	if (target->error != 0) {
		say_error("%s: cannot be read: %s", target->process, strerror(target->error));
		return TOOL_TROUBLE;
	}
	if (*target->process == '\0' && target->pid != 0) {
		say_error("there is no process %d", (int)target->pid);
		return TOOL_TROUBLE;
	}
	if (*target->unit != '\0' && enabled_of(&survey->enabled, target->unit) != NULL)
		return *target->process != '\0' ? TOOL_FINDINGS : TOOL_YES;
	if (*target->process == '\0') {
		say_error("%s: no process runs in it", target->unit);
		return TOOL_TROUBLE;
	}
	*without = list_extend(*without, *without_count, sizeof(**without));
	snprintf((*without)[(*without_count)++].name, sizeof((*without)->name), "%s",
		*target->unit != '\0' ? target->unit : target->process);
	return TOOL_FINDINGS;
}

static int judge(struct survey *survey, struct report *report)
{
	struct without *without = NULL;
	int status = TOOL_YES;

	for (size_t i = 0; i < survey->target_count; i++) {
		const int one =
			judge_target(survey, &survey->targets[i], &without, &report->without_count);

		if (one > status)
			status = one;
	}
	report->without = without;
	for (size_t i = 0; i < survey->enabled.count; i++)
		if (status == TOOL_YES && report_lacks_library(&survey->enabled.list[i]))
			status = TOOL_FINDINGS;
	return status;
}

/* A .socket unit has no process. */
static void note_enabled_unit(const struct survey *survey, struct enabled *enabled)
{
	if (enabled->is_by_kernel && *enabled->without == '\0')
		enabled->is_attached = covered_find_unit(&survey->covered, enabled->unit) != NULL;
}

static void look(struct survey *survey)
{
	enabled_find(&survey->enabled);
	covered_find(&survey->covered);
	for (size_t i = 0; i < survey->covered.count; i++)
		attached_read_counts(&survey->covered.items[i].attached);
	process_each(take_process, survey);
	for (size_t i = 0; i < survey->enabled.count; i++)
		note_enabled_unit(survey, &survey->enabled.list[i]);
	groups_make(&survey->groups);
	if (survey->target_count > 0)
		drop_others(survey);
	for (size_t i = 0; survey->target_count == 0 && i < survey->covered.count; i++)
		show_attached(survey, &survey->covered.items[i]);
}

int status_main(int argc, char *argv[])
{
	static const struct option options[] = {
		TOOL_LONG_OPTIONS, {"prometheus", no_argument, NULL, OPTION_PROMETHEUS}, {0}};
	struct tool tool = {0};
	struct survey survey = {.targets = NULL};
	struct report report = {.groups = &survey.groups, .enabled = &survey.enabled};
	bool is_prometheus = false;
	int status;

	while (tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &tool) != -1)
		is_prometheus = true;
	if (is_prometheus && tool.is_json)
		say_and_fail("options '--json' and '--prometheus' exclude each other");
	for (; optind < argc; optind++) {
		survey.targets =
			list_extend(survey.targets, survey.target_count, sizeof(*survey.targets));
		parse_target(argv[optind], &survey.targets[survey.target_count++]);
	}
	look(&survey);
	status = judge(&survey, &report);
	report.attachments = survey.attachments;
	report.attachment_count = survey.attachment_count;
	report.unseen = survey.unseen;
	(is_prometheus ? report_prometheus : tool.is_json ? report_json : report_text)(&report);
	return status;
}
