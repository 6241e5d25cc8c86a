/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/cgroup.h"

#include "ctl/process.h"
#include "ctl/units/systemctl.h"
#include "ctl/units/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define OWN_PREFIX "bindright-"

/* Finds where the file system is mounted: by mount(8)'s habit on /sys/fs/cgroup, or on
 * /sys/fs/cgroup/unified beside version 1. A mount of a part of it does not count. */
static bool find_mount(char ret[PATH_MAX], struct error_line *error)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool is_found = false;

	while (mounts != NULL && !is_found && getline(&line, &size, mounts) > 0) {
		char root[PATH_MAX], type[32];
		const char *rest = strstr(line, " - ");

		is_found = rest != NULL && sscanf(rest, " - %31s", type) == 1 &&
			   strcmp(type, "cgroup2") == 0 &&
			   sscanf(line, "%*s %*s %*s %4095s %4095s", root, ret) == 2 &&
			   strcmp(root, "/") == 0;
	}
	free(line);
	if (mounts != NULL)
		fclose(mounts);
	return is_found ||
	       say_into(error,
		       "no cgroup2 file system is mounted (mount -t cgroup2 none DIRECTORY)");
}

/* Sets ret to the group whose directory this is, and its path to one without links. */
static bool take(const char *path, struct cgroup *ret, struct error_line *error)
{
	struct statfs system;
	struct stat file;

	if (realpath(path, ret->path) == NULL || stat(path, &file) != 0 ||
		statfs(path, &system) != 0)
		return say_into(error, "'%s': %s", path, strerror(errno));
	if (!S_ISDIR(file.st_mode) || system.f_type != CGROUP2_SUPER_MAGIC)
		return say_into(
			error, "'%s' is not the directory of a cgroup2 control group", path);
	ret->id = file.st_ino;
	return true;
}

/* path is as /proc/PID/cgroup and systemd give it: it begins at the mount point. */
static bool take_below_mount(const char *path, struct cgroup *ret, struct error_line *error)
{
	char mount[PATH_MAX], whole[2 * PATH_MAX];

	if (strlen(path) >= PATH_MAX)
		return say_into(error, "'%.64s...': %s", path, strerror(ENAMETOOLONG));
	if (!find_mount(mount, error))
		return false;
	snprintf(whole, sizeof(whole), "%s%s", mount, strcmp(path, "/") != 0 ? path : "");
	return take(whole, ret, error);
}

bool cgroup_find_process(pid_t pid, struct cgroup *ret, struct error_line *error)
{
	struct process process;
	char *groups = NULL, *own = NULL;
	bool is_found;

	process_open(pid, &process);
	if (process.state != PROCESS_ZOMBIE && process_read(&process, "cgroup", &groups) >= 0)
		own = strncmp(groups, "0::", 3) == 0 ? groups : strstr(groups, "\n0::");
	process_close(&process);
	if (groups == NULL)
		return say_into(error, "there is no process %d", (int)pid);
	if (own == NULL) {
		free(groups);
		return say_into(error, "process %d is in no cgroup2 control group", (int)pid);
	}
	own = strchr(own, '/');
	own[strcspn(own, "\n")] = '\0';
	is_found = take_below_mount(own, ret, error);
	free(groups);
	ret->pid = pid;
	return is_found;
}

static bool find_unit(const char *name, struct cgroup *ret, struct error_line *error)
{
	struct texts properties = {0};
	const char *group, *pid;

	if (!unit_systemd_runs())
		return say_into(error,
			"'%s': systemd does not run here (allowed: PID, or the path of a control "
			"group)",
			name);
	if (!systemctl_show(name, "ControlGroup,MainPID,LoadState,ActiveState", &properties, error))
		return false;
	if (strcmp(systemctl_property(&properties, "LoadState"), "not-found") == 0)
		return say_into(error, "there is no unit '%s'", name);
	group = systemctl_property(&properties, "ControlGroup");
	pid = systemctl_property(&properties, "MainPID");
	if (*group == '\0')
		return say_into(error, "%s does not run: it is %s", name,
			systemctl_property(&properties, "ActiveState"));
	ret->pid = (pid_t)strtol(pid, NULL, 10);
	return take_below_mount(group, ret, error);
}

bool cgroup_find(const char *asked, struct cgroup *ret, struct error_line *error)
{
	pid_t pid;
	struct stat file;

	*ret = (struct cgroup){.id = 0};
	if (process_parse_pid(asked, &pid))
		return pid > 0 ? cgroup_find_process(pid, ret, error)
			       : say_into(error, "no process can have the number %s", asked);
	if (strchr(asked, '/') == NULL)
		return find_unit(asked, ret, error);
	/* The root group's path is also that of another directory. */
	if (asked[0] != '/' || (strcmp(asked, "/") != 0 && stat(asked, &file) == 0))
		return take(asked, ret, error);
	return take_below_mount(asked, ret, error);
}

/* Opens a file of the group. Returns a descriptor, or -1 with errno set. */
static int open_file(const struct cgroup *group, const char *name, int flags)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", group->path, name);
	return open(path, flags | O_CLOEXEC);
}

/* Removes the group if it was made for a process that has ended. */
static bool remove_left(uint64_t id, const char *path, void *data)
{
	const char *name = strrchr(path, '/') + 1;
	pid_t pid;

	(void)id;
	(void)data;
	if (strncmp(name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0 &&
		process_parse_pid(name + strlen(OWN_PREFIX), &pid) && pid > 0 &&
		kill(pid, 0) != 0 && errno == ESRCH)
		rmdir(path);
	return true;
}

bool cgroup_make(pid_t pid, struct cgroup *ret, struct error_line *error)
{
	char path[2 * PATH_MAX], name[sizeof(OWN_PREFIX) + 16];

	if (!cgroup_find_process(pid, ret, error))
		return false;
	snprintf(name, sizeof(name), OWN_PREFIX "%d", (int)pid);
	if (strcmp(strrchr(ret->path, '/') + 1, name) == 0)
		return say_into(error, "process %d has a control group of its own already: '%s'",
			(int)pid, ret->path);
	cgroup_each(ret, remove_left, NULL);
	snprintf(path, sizeof(path), "%s/%s", ret->path, name);
	if (mkdir(path, 0755) != 0)
		return say_into(
			error, "cannot make the control group %s: %s", path, strerror(errno));
	return take(path, ret, error);
}

bool cgroup_move(const struct cgroup *group, pid_t pid, struct error_line *error)
{
	int fd = open_file(group, "cgroup.procs", O_WRONLY);
	bool is_moved = fd >= 0 && dprintf(fd, "%d\n", (int)pid) > 0;

	if (!is_moved)
		say_into(error, "cannot move process %d into the control group %s: %s", (int)pid,
			group->path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return is_moved;
}

bool cgroup_is_populated(const struct cgroup *group)
{
	int fd = open_file(group, "cgroup.events", O_RDONLY);
	char text[256];
	ssize_t len;

	/* The root group has no such file. */
	if (fd < 0)
		return access(group->path, F_OK) == 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return strstr(text, "populated 1") != NULL;
}

struct walk {
	bool (*each)(uint64_t id, const char *path, void *data);
	void *data;
	bool is_upwards; /* a group comes after those below it */
};

/* Not deeper than a path is long. */
static bool walk(const char *path, const struct walk *how);

/* NOLINTNEXTLINE(misc-no-recursion): as said above */
static bool walk_below(const char *path, const struct walk *how)
{
	char below[PATH_MAX + NAME_MAX + 2];
	DIR *directory = opendir(path);
	const struct dirent *entry;
	bool goes_on = true;

	while (directory != NULL && goes_on && (entry = readdir(directory)) != NULL) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		goes_on = strlen(below) >= PATH_MAX || walk(below, how);
	}
	if (directory != NULL)
		closedir(directory);
	return goes_on;
}

/* NOLINTNEXTLINE(misc-no-recursion): as said above */
static bool walk(const char *path, const struct walk *how)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return true;
	if (how->is_upwards)
		return walk_below(path, how) && how->each(file.st_ino, path, how->data);
	return how->each(file.st_ino, path, how->data) && walk_below(path, how);
}

void cgroup_each(const struct cgroup *group,
	bool (*each)(uint64_t id, const char *path, void *data), void *data)
{
	walk(group->path, &(struct walk){each, data, false});
}

static bool remove_one(uint64_t id, const char *path, void *data)
{
	(void)id;
	(void)data;
	rmdir(path);
	return true;
}

void cgroup_remove(const struct cgroup *group)
{
	walk(group->path, &(struct walk){remove_one, NULL, true});
}

struct visit {
	void (*each)(pid_t pid, void *data);
	void *data;
};

static bool read_processes(uint64_t id, const char *path, void *data)
{
	const struct visit *visit = data;
	char name[PATH_MAX + 32];
	FILE *processes;
	int pid;

	(void)id;
	snprintf(name, sizeof(name), "%s/cgroup.procs", path);
	processes = fopen(name, "re");
	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	while (processes != NULL && fscanf(processes, "%d", &pid) == 1)
		visit->each(pid, visit->data);
	if (processes != NULL)
		fclose(processes);
	return true;
}

void cgroup_each_process(
	const struct cgroup *group, void (*each)(pid_t pid, void *data), void *data)
{
	struct visit visit = {each, data};

	cgroup_each(group, read_processes, &visit);
}

static bool take_if_same(uint64_t id, const char *path, void *data)
{
	struct cgroup *wanted = data;

	if (id != wanted->id)
		return true;
	snprintf(wanted->path, sizeof(wanted->path), "%s", path);
	return false;
}

bool cgroup_find_id(uint64_t id, struct cgroup *ret)
{
	struct cgroup root = {.id = 0};
	struct error_line error;

	*ret = (struct cgroup){.id = id};
	if (!take_below_mount("/", &root, &error))
		return false;
	cgroup_each(&root, take_if_same, ret);
	return ret->path[0] != '\0';
}
