/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control groups below the one that this process is in. What the kernel counts and takes for the
 * programs of `bindrightctl attach` stands in /proc/PID/fdinfo, because that process holds them.
 */
#include "bench.h"

#include "servers/common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GROUPS_MAX = 8 };

/* This process's group, set by groups_missing, and those that it made. */
static char base[PATH_MAX];
static char made[GROUPS_MAX][PATH_MAX];
static int made_count;

/* Of a line of /proc/self/mountinfo. */
static bool find_mount(char *ret_mount, char *ret_root)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4096];
	bool is_found = false;

	while (!is_found && mounts != NULL && fgets(line, sizeof(line), mounts) != NULL)
		is_found = strstr(line, " - cgroup2 ") != NULL &&
			   sscanf(line, "%*s %*s %*s %1023s %1023s", ret_root, ret_mount) == 2;
	if (mounts != NULL)
		fclose(mounts);
	return is_found;
}

static bool find_own(char *ret)
{
	FILE *groups = fopen("/proc/self/cgroup", "re");
	char line[4096];
	bool is_found = false;

	while (!is_found && groups != NULL && fgets(line, sizeof(line), groups) != NULL)
		is_found = sscanf(line, "0::%1023[^\n]", ret) == 1;
	if (groups != NULL)
		fclose(groups);
	return is_found;
}

const char *groups_missing(void)
{
	char mount[1024], root[1024], own[1024];
	const char *below = own;

	if (geteuid() != 0)
		return "only root can attach it";
	if (!find_mount(mount, root) || !find_own(own))
		return "no cgroup2 is mounted";
	if (strcmp(root, "/") != 0 && strncmp(own, root, strlen(root)) == 0)
		below += strlen(root);
	snprintf(base, sizeof(base), "%s%s", mount, below);
	if (access(base, W_OK) != 0)
		return "no control group can be made here";
	return NULL;
}

const char *groups_make(const char *name)
{
	char *path;

	if (made_count == GROUPS_MAX)
		die("more than %d control groups", GROUPS_MAX);
	path = made[made_count++];
	if (snprintf(path, PATH_MAX, "%s/bindright-bench-%d-%s", base, (int)getpid(), name) >=
			PATH_MAX ||
		mkdir(path, 0755) != 0)
		die("%s", path);
	return path;
}

void groups_remove_all(void)
{
	while (made_count > 0)
		rmdir(made[--made_count]);
}

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

bool groups_are_shared(const char *group)
{
	union bpf_attr attr;
	int fd = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ret;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)fd;
	attr.query.attach_type = BPF_CGROUP_INET_INGRESS;
	attr.query.query_flags = BPF_F_QUERY_EFFECTIVE;
	ret = bpf(BPF_PROG_QUERY, &attr) == 0 && attr.query.prog_cnt > 0;
	close(fd);
	return ret;
}

const char *groups_attach(const char *group, const char *setting, struct server *ret)
{
	const char *const command[] = {"shim/ctl/bindrightctl", "attach", group, setting, NULL};
	const char *line = server_start(command, NULL, NULL, ret);

	return line == NULL ? "bindrightctl attach failed" : NULL;
}

void groups_measure(bool is_on)
{
	static int stats = -1;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.enable_stats.type = BPF_STATS_RUN_TIME;
	if (stats >= 0)
		close(stats);
	stats = is_on ? (int)bpf(BPF_ENABLE_STATS, &attr) : -1;
}

/* Reads a file of /proc/PID/fdinfo; false if it has not these fields, of which that without a name
 * is not asked for. */
struct field {
	const char *name;
	unsigned long long value;
};

static bool read_fields(const char *path, struct field fields[], size_t count)
{
	FILE *file = fopen(path, "re");
	char line[256], name[64];
	unsigned long long value;
	size_t found = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		for (size_t i = 0; i < count; i++)
			if (sscanf(line, "%63[^:]: %llu", name, &value) == 2 &&
				strcmp(name, fields[i].name) == 0) {
				fields[i].value = value;
				found++;
			}
	if (file != NULL)
		fclose(file);
	return found == count;
}

/* Calls each() with the fields of each descriptor that has all of them. */
static void each_descriptor(const struct server *attached, struct field fields[], size_t count,
	void (*each)(const struct field *fields, void *data), void *data)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", (int)attached->pids[0]);
	directory = opendir(path);
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", (int)attached->pids[0],
			entry->d_name);
		if (read_fields(path, fields, count))
			each(fields, data);
	}
	if (directory != NULL)
		closedir(directory);
}

struct wanted {
	unsigned long long type, program;
	struct runs runs;
};

static void take_program(const struct field *fields, void *data)
{
	struct wanted *wanted = data;

	if (fields[0].value == wanted->type)
		wanted->program = fields[1].value;
}

static void take_runs(const struct field *fields, void *data)
{
	struct wanted *wanted = data;

	if (fields[0].value == wanted->program)
		wanted->runs = (struct runs){fields[1].value, fields[2].value};
}

struct runs groups_runs(const struct server *attached, enum hook hook)
{
	static const unsigned int types[] = {
		BPF_CGROUP_INET_INGRESS, BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG};
	struct field link[] = {{"attach_type", 0}, {"prog_id", 0}};
	struct field program[] = {{"prog_id", 0}, {"run_cnt", 0}, {"run_time_ns", 0}};
	struct wanted wanted = {.type = types[hook]};

	each_descriptor(attached, link, 2, take_program, &wanted);
	each_descriptor(attached, program, 3, take_runs, &wanted);
	return wanted.runs;
}

static void add_memory(const struct field *fields, void *data)
{
	uint64_t *sum = data;

	*sum += fields[1].value;
}

uint64_t groups_memory(const struct server *attached)
{
	struct field map[] = {{"map_id", 0}, {"memlock", 0}};
	uint64_t sum = 0;

	each_descriptor(attached, map, 2, add_memory, &sum);
	return sum;
}
