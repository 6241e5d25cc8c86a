/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/processes.h"

#include "ctl/auxv.h"
#include "ctl/process.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* systemd names a unit's control group after the unit. The service may have groups in it. */
static bool has_component(const char *groups, const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = groups; (at = strstr(at, name)) != NULL; at++)
		if (at > groups && at[-1] == '/' && strchr("/\n", at[len]) != NULL)
			return true;
	return false;
}

static bool is_in_group(const struct process *process, const char *unit)
{
	char *groups;
	bool is_in;

	if (process_read(process, "cgroup", &groups) < 0)
		return false;
	is_in = has_component(groups, unit);
	free(groups);
	return is_in;
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
	is = auxv_parse(data, (size_t)len, &auxv) && auxv.is_secure;
	free(data);
	return is;
}

static bool judge(const char *pid, const struct unit *unit, struct error_line *ret)
{
	struct process process;
	bool is = false;

	if (process_open(pid, &process) != 0)
		return false;
	if (process.state == PROCESS_RUNS && is_in_group(&process, unit->name) &&
		runs_program_of(&process, unit) && is_secure(&process)) {
		say_into(ret,
			"its process %s[%s] runs in secure mode (its real and effective user differ, "
			"or it has gained privileges), and the loader ignores the library there",
			process.name, process.pid);
		is = true;
	}
	process_close(&process);
	return is;
}

bool processes_are_secure(const struct unit *unit, struct error_line *ret)
{
	DIR *proc = unit->is_active ? opendir("/proc") : NULL;
	const struct dirent *entry;
	bool is = false;

	if (proc == NULL)
		return false;
	while (!is && (entry = readdir(proc)) != NULL)
		if (entry->d_name[strspn(entry->d_name, "0123456789")] == '\0')
			is = judge(entry->d_name, unit, ret);
	closedir(proc);
	return is;
}
