/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/attached.h"

#include "ctl/assignments.h"
#include "ctl/list.h"
#include "ctl/process.h"
#include "kernel/settings_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What /proc/PID/fdinfo/FD says of a descriptor of bpf(2)'s; what it does not say is -1. */
struct bpf_info {
	long long attach_type, cgroup, map_type, value_size;
};

static void read_info(const struct process *process, const char *fd, struct bpf_info *ret)
{
	char path[sizeof("fdinfo/") + NAME_MAX], *text, *line, *rest;

	*ret = (struct bpf_info){-1, -1, -1, -1};
	snprintf(path, sizeof(path), "fdinfo/%s", fd);
	if (process_read(process, path, &text) < 0)
		return;
	for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		/* NOLINTBEGIN(cert-err34-c): the kernel wrote it */
		sscanf(line, "attach_type: %lld", &ret->attach_type);
		sscanf(line, "cgroup_id: %lld", &ret->cgroup);
		sscanf(line, "map_type: %lld", &ret->map_type);
		sscanf(line, "value_size: %lld", &ret->value_size);
		/* NOLINTEND(cert-err34-c) */
	}
	free(text);
}

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Looks up a key in the map that another process has as this descriptor. Returns 0 or an errno. */
static int look_up(pid_t pid, int map, const void *key, void *ret)
{
	const int process = (int)syscall(SYS_pidfd_open, pid, 0);
	const int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, map, 0);
	int error = errno;
	union bpf_attr attr;

	if (fd >= 0) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = (uint32_t)fd;
		attr.key = (uintptr_t)key;
		attr.value = (uintptr_t)ret;
		error = bpf(BPF_MAP_LOOKUP_ELEM, &attr) == 0 ? 0 : errno;
		close(fd);
	}
	if (process >= 0)
		close(process);
	return error;
}

int attached_read_socket(const struct attached *attached, int fd)
{
	uint32_t flags = 0;
	const int error = attached->socket_map < 0
				  ? ENOENT
				  : look_up(attached->pid, attached->socket_map, &fd, &flags);

	if (error == 0)
		return (int)flags;
	return error == ENOENT ? 0 : -1;
}

/* Returns how many processors the kernel may have, each of which counts for itself. */
static unsigned int processors(void)
{
	FILE *possible = fopen("/sys/devices/system/cpu/possible", "re");
	unsigned int first = 0, last = 0;

	if (possible == NULL)
		return 0;
	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (fscanf(possible, "%u-%u", &first, &last) != 2)
		last = first;
	fclose(possible);
	return last + 1;
}

static void add_counts(struct attached *attached, int map)
{
	const unsigned int count = processors();
	struct kernel_counts *of = or_fail(calloc(count + 1, sizeof(*of)));
	uint32_t first = 0;

	if (count > 0 && look_up(attached->pid, map, &first, of) == 0) {
		attached->has_counts = true;
		for (unsigned int i = 0; i < count; i++)
			for (unsigned int what = 0; what < KERNEL_COUNTS; what++)
				attached->counts.of[what] += of[i].of[what];
	}
	free(of);
}

void attached_read_counts(struct attached *attached)
{
	for (size_t i = 0; i < ATTACHED_MAPS; i++)
		if (attached->count_maps[i] >= 0)
			add_counts(attached, attached->count_maps[i]);
}

static void read_descriptor(const struct process *process, const char *fd, struct attached *ret)
{
	struct bpf_info info;

	read_info(process, fd, &info);
	if (info.cgroup >= 0 && info.attach_type >= 0) {
		ret->cgroup = (uint64_t)info.cgroup;
		ret->has_replies |= info.attach_type == BPF_CGROUP_UDP4_SENDMSG;
		ret->has_listeners |= info.attach_type == BPF_CGROUP_INET4_POST_BIND;
	}
	if (info.map_type == BPF_MAP_TYPE_PERCPU_ARRAY &&
		info.value_size == sizeof(struct kernel_counts))
		ret->count_maps[ret->count_maps[0] >= 0] = (int)strtol(fd, NULL, 10);
	if (info.map_type == BPF_MAP_TYPE_SK_STORAGE)
		ret->socket_map = (int)strtol(fd, NULL, 10);
}

static void read_descriptors(const struct process *process, struct attached *ret)
{
	char path[64];
	DIR *directory;
	const struct dirent *entry;

	process_path(process, "fdinfo", path, sizeof(path));
	directory = opendir(path);
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			read_descriptor(process, entry->d_name, ret);
	if (directory != NULL)
		closedir(directory);
}

/* Adds a line to what was given, if there is space for all of it. */
static void add_given(struct attached *attached, const char *assignment)
{
	const size_t len = strlen(attached->given), space = sizeof(attached->given) - len;

	if (snprintf(attached->given + len, space, "%s\n", assignment) >= (int)space)
		attached->given[len] = '\0';
}

/* The settings are those of its command line; what is not valid there is none of them. */
static void read_settings(const struct process *process, struct attached *attached)
{
	struct settings *ret = &attached->settings;
	struct settings_error error;
	struct error_line line;
	char *arguments, *equals;
	bool is_valid;
	const long len = process_read(process, "cmdline", &arguments);

	settings_init(ret);
	if (len < 0)
		return;
	for (char *at = arguments; at < arguments + len; at += strlen(at) + 1) {
		equals = strchr(at, '=');
		if (equals == NULL || !assignments_is_setting(at, (size_t)(equals - at)))
			continue;
		*equals = '\0';
		is_valid = settings_set(ret, at, equals + 1, &error);
		*equals = '=';
		if (is_valid)
			add_given(attached, at);
	}
	free(arguments);
	settings_check(ret, &line);
}

static bool is_stopped(const struct process *process)
{
	char *text;
	const char *name_end;
	bool is;

	if (process_read(process, "stat", &text) < 0)
		return false;
	name_end = strrchr(text, ')');
	is = name_end != NULL &&
	     (strncmp(name_end, ") T", 3) == 0 || strncmp(name_end, ") t", 3) == 0);
	free(text);
	return is;
}

struct visit {
	void (*each)(const struct attached *attached, void *data);
	void *data;
};

static bool may_have_attached(const struct process *process)
{
	return process->state == PROCESS_RUNS && process->pid != getpid() &&
	       strncmp(process->name, ATTACHED_NAME "[", sizeof(ATTACHED_NAME)) == 0;
}

static void visit(const struct process *process, void *data)
{
	const struct visit *visit = data;
	struct attached attached = {.pid = process->pid, .socket_map = -1, .count_maps = {-1, -1}};

	if (!may_have_attached(process))
		return;
	read_descriptors(process, &attached);
	if (!attached.has_replies && !attached.has_listeners)
		return;
	attached.netns = process_netns(process->pid);
	attached.is_stopped = is_stopped(process);
	read_settings(process, &attached);
	visit->each(&attached, visit->data);
}

bool attached_is_available(void)
{
	return true;
}

void attached_each(void (*each)(const struct attached *attached, void *data), void *data)
{
	struct visit all = {each, data};

	process_each(visit, &all);
}

static void take_if_same(const struct attached *attached, void *data)
{
	struct attached *wanted = data;

	if (attached->cgroup == wanted->cgroup)
		*wanted = *attached;
}

bool attached_find(uint64_t cgroup, struct attached *ret)
{
	*ret = (struct attached){.cgroup = cgroup};
	attached_each(take_if_same, ret);
	return ret->pid != 0;
}

static void visit_unseen(const struct process *process, void *data)
{
	pid_t *ret = data;
	char path[64];
	DIR *directory;

	if (!may_have_attached(process))
		return;
	process_path(process, "fdinfo", path, sizeof(path));
	directory = opendir(path);
	if (directory != NULL)
		closedir(directory);
	else if (errno == EACCES || errno == EPERM)
		*ret = process->pid;
}

pid_t attached_find_unseen(void)
{
	pid_t ret = 0;

	process_each(visit_unseen, &ret);
	return ret;
}
