/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/process.h"

#include "ctl/list.h"

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* maps has about 100 bytes a line, and a process at most 65,530 lines by default. */
enum { FILE_MAX = 16 << 20, STEP = 1 << 16 };

/* Of include/linux/sched.h. */
enum { PF_KTHREAD = 0x00200000 };

bool process_parse_pid(const char *text, pid_t *ret)
{
	/* PID_MAX_LIMIT of include/linux/threads.h. */
	enum { PID_MAX = 1 << 22 };
	long number;

	if (*text == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	number = strtol(text, NULL, 10);
	*ret = number <= PID_MAX ? (pid_t)number : 0;
	return true;
}

bool process_parse_stat(const char *line, struct process *ret)
{
	/* The name may contain anything. */
	const char *open = strchr(line, '('), *close = strrchr(line, ')');
	enum { NAME_MAX_SHOWN = 24 }; /* the kernel's workers have longer ones than programs */
	unsigned int flags;
	char state;
	int pid, parent, len;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (open == NULL || close == NULL || close < open || sscanf(line, "%d", &pid) != 1 ||
		/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
		sscanf(close + 1, " %c %d %*d %*d %*d %*d %u", &state, &parent, &flags) != 3)
		return false;
	len = close - open - 1 < NAME_MAX_SHOWN ? (int)(close - open - 1) : NAME_MAX_SHOWN;
	snprintf(ret->name, sizeof(ret->name), "%.*s[%d]", len, open + 1, pid);
	ret->parent = parent;
	ret->state = flags & PF_KTHREAD ? PROCESS_KERNEL : PROCESS_RUNS;
	if (state == 'Z' || state == 'X')
		ret->state = PROCESS_ZOMBIE;
	return true;
}

void process_open(pid_t pid, struct process *ret)
{
	char path[64], *line;

	*ret = (struct process){.pid = pid};
	snprintf(ret->name, sizeof(ret->name), "?[%d]", (int)pid);
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	ret->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->directory < 0 && (errno != ENOENT || access("/proc/self/stat", F_OK) != 0))
		ret->error = errno;
	if (process_read(ret, "stat", &line) < 0)
		return;
	process_parse_stat(line, ret);
	free(line);
}

void process_close(struct process *process)
{
	if (process->directory >= 0)
		close(process->directory);
	process->directory = -1;
}

static int compare_pids(const void *a, const void *b)
{
	const pid_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

void process_each(void (*each)(const struct process *process, void *data), void *data)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	struct process process;
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
	for (size_t i = 0; i < count; i++) {
		process_open(pids[i], &process);
		each(&process, data);
		process_close(&process);
	}
	free(pids);
}

long process_read(const struct process *process, const char *file, char **ret)
{
	int fd = openat(process->directory, file, O_RDONLY | O_CLOEXEC);
	size_t len = 0, size = 0;
	ssize_t got = 0;
	char *text = NULL;

	*ret = NULL;
	if (fd < 0)
		return -say_why();
	do {
		len += (size_t)got;
		if (size - len < STEP) {
			size += size + (size_t)2 * STEP;
			text = or_fail(realloc(text, size));
		}
		got = read(fd, text + len, size - len - 2);
	} while (got > 0 && len < FILE_MAX);
	if (got < 0) {
		const int error = say_why();

		close(fd);
		free(text);
		return -error;
	}
	close(fd);
	memset(text + len, 0, 2);
	*ret = text;
	return (long)len;
}

void process_path(const struct process *process, const char *entry, char *ret, size_t size)
{
	snprintf(ret, size, "/proc/self/fd/%d/%s", process->directory, entry);
}

/* The deepest component that is a service; a service may make control groups of its own below. A
 * user's service is not the system's. */
static bool parse_group(const char *line, char ret[PROCESS_UNIT])
{
	static const char suffix[] = ".service";
	bool is_found = false;
	const char *at = line + strcspn(line, "/\n");

	while (*at == '/') {
		size_t len = strcspn(++at, "/\n");

		if (len > 5 && strncmp(at, "user@", 5) == 0)
			return false;
		if (len >= sizeof(suffix) && len < PROCESS_UNIT &&
			strncmp(at + len - strlen(suffix), suffix, strlen(suffix)) == 0) {
			memcpy(ret, at, len);
			ret[len] = '\0';
			is_found = true;
		}
		at += len;
	}
	return is_found;
}

bool process_parse_unit(const char *groups, char ret[PROCESS_UNIT])
{
	for (; *groups != '\0'; groups += strcspn(groups, "\n"), groups += *groups == '\n')
		if (parse_group(groups, ret))
			return true;
	*ret = '\0';
	return false;
}

uint64_t process_netns(pid_t pid)
{
	char path[64];
	struct stat file;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	return stat(path, &file) == 0 ? file.st_ino : 0;
}

void process_unit(const struct process *process, char ret[PROCESS_UNIT])
{
	char *groups;

	*ret = '\0';
	process_read(process, "cgroup", &groups);
	if (groups == NULL)
		return;
	process_parse_unit(groups, ret);
	free(groups);
}

int process_has_library(const struct process *process)
{
	char *maps;
	const long len = process_read(process, "maps", &maps);
	bool has_library;

	if (maps == NULL)
		return (int)len;
	has_library = strstr(maps, "/libbindright.so") != NULL;
	free(maps);
	return has_library;
}

static bool find_entry(const char *data, size_t len, unsigned long type, unsigned long *ret)
{
	ElfW(auxv_t) entry;

	for (; len >= sizeof(entry); data += sizeof(entry), len -= sizeof(entry)) {
		memcpy(&entry, data, sizeof(entry));
		if (entry.a_type == AT_NULL)
			return false;
		if (entry.a_type == type) {
			*ret = entry.a_un.a_val;
			return true;
		}
	}
	return false;
}

bool process_parse_auxv(const void *data, size_t len, struct auxv *ret)
{
	unsigned long secure, uid, euid, gid, egid;

	if (!find_entry(data, len, AT_SECURE, &secure) || !find_entry(data, len, AT_UID, &uid) ||
		!find_entry(data, len, AT_EUID, &euid) || !find_entry(data, len, AT_GID, &gid) ||
		!find_entry(data, len, AT_EGID, &egid))
		return false;
	*ret = (struct auxv){.is_secure = secure != 0,
		.user = {.uid = (uid_t)uid,
			.gid = (gid_t)gid,
			.euid = (uid_t)euid,
			.egid = (gid_t)egid}};
	return true;
}
