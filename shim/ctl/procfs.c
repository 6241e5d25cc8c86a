/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/procfs.h"

#include "ctl/list.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int compare_pids(const void *a, const void *b)
{
	const pid_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

void procfs_each_process(void (*each)(pid_t pid, void *data), void *data)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	pid_t *pids = NULL;
	size_t count = 0;

	if (directory == NULL)
		say_and_fail("cannot list /proc: %s", strerror(errno));
	while ((entry = readdir(directory)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pids = list_extend(pids, count, sizeof(*pids));
		pids[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	closedir(directory);
	if (count == 0)
		say_and_fail("no processes in /proc: is it mounted?");
	qsort(pids, count, sizeof(*pids), compare_pids);
	for (size_t i = 0; i < count; i++)
		each(pids[i], data);
	free(pids);
}

static FILE *open_file(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

const char *procfs_name(pid_t pid, char ret[PROCFS_NAME])
{
	char comm[24] = "";
	FILE *file = open_file(pid, "comm");

	if (file != NULL) {
		size_t len = fread(comm, 1, sizeof(comm) - 1, file);

		/* A name may have newlines of its own. */
		comm[len > 0 ? len - 1 : 0] = '\0';
		fclose(file);
	}
	snprintf(ret, PROCFS_NAME, "%s[%d]", *comm != '\0' ? comm : "?", (int)pid);
	return ret;
}

/* The deepest component that is a service; a service may make control groups of its own below. A
 * user's service is not the system's. */
bool procfs_parse_unit(const char *line, char ret[PROCFS_UNIT])
{
	static const char suffix[] = ".service";
	bool is_found = false;
	const char *at = strchr(line, '/');

	while (at != NULL && *at == '/') {
		size_t len = strcspn(++at, "/\n");

		if (len > 5 && strncmp(at, "user@", 5) == 0)
			return false;
		if (len >= sizeof(suffix) && len < PROCFS_UNIT &&
			strncmp(at + len - strlen(suffix), suffix, strlen(suffix)) == 0) {
			memcpy(ret, at, len);
			ret[len] = '\0';
			is_found = true;
		}
		at += len;
	}
	return is_found;
}

void procfs_unit(pid_t pid, char ret[PROCFS_UNIT])
{
	FILE *file = open_file(pid, "cgroup");
	char line[4096];
	bool is_found = false;

	*ret = '\0';
	if (file == NULL)
		return;
	while (!is_found && fgets(line, sizeof(line), file) != NULL)
		is_found = procfs_parse_unit(line, ret);
	fclose(file);
	if (!is_found)
		*ret = '\0';
}

bool procfs_has_library(pid_t pid)
{
	FILE *file = open_file(pid, "maps");
	char line[8192];
	bool is_found = false;

	if (file == NULL)
		return false;
	while (!is_found && fgets(line, sizeof(line), file) != NULL)
		is_found = strstr(line, "/libbindright.so") != NULL;
	fclose(file);
	return is_found;
}
