/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/process.h"

#include "ctl/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* maps has about 100 bytes a line, and a process at most 65,530 lines by default. */
enum { FILE_MAX = 16 << 20, STEP = 1 << 16 };

/* Of include/linux/sched.h. */
enum { PF_KTHREAD = 0x00200000 };

bool process_parse_stat(const char *line, struct process *ret)
{
	/* The name may contain anything. */
	const char *open = strchr(line, '('), *close = strrchr(line, ')');
	unsigned int flags;
	char state;

	if (open == NULL || close == NULL || close < open ||
		sscanf(close + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
		return false;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(close - open - 1), open + 1);
	ret->state = flags & PF_KTHREAD ? PROCESS_KERNEL : PROCESS_RUNS;
	if (state == 'Z' || state == 'X')
		ret->state = PROCESS_ZOMBIE;
	return true;
}

int process_open(const char *pid, struct process *ret)
{
	char path[64], *line;

	*ret = (struct process){.directory = -1};
	snprintf(ret->pid, sizeof(ret->pid), "%s", pid);
	if (access("/proc/self/stat", F_OK) != 0)
		return errno;
	snprintf(path, sizeof(path), "/proc/%s", ret->pid);
	ret->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->directory < 0)
		return errno == ENOENT ? 0 : errno;
	if (process_read(ret, "stat", &line) < 0)
		return 0;
	if (!process_parse_stat(line, ret))
		ret->state = PROCESS_GONE;
	free(line);
	return 0;
}

void process_close(struct process *process)
{
	if (process->directory >= 0)
		close(process->directory);
	process->directory = -1;
}

long process_read(const struct process *process, const char *file, char **ret)
{
	int fd = openat(process->directory, file, O_RDONLY | O_CLOEXEC);
	size_t len = 0, size = 0;
	ssize_t got = 0;
	char *text = NULL;

	if (fd < 0)
		return -errno;
	do {
		len += (size_t)got;
		if (size - len < STEP) {
			size += size + 2 * STEP;
			text = realloc(text, size);
			if (text == NULL)
				say_and_fail("out of memory");
		}
		got = read(fd, text + len, size - len - 2);
	} while (got > 0 && len < FILE_MAX);
	if (got < 0) {
		const int error = errno;

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
