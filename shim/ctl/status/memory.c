/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

bool memory_parse_mapping(const char *line, struct mapping *ret)
{
	char permissions[5];
	int path = 0;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %" SCNu64 " %n", &ret->start,
		    &ret->end, permissions, &ret->inode, &path) < 4 ||
		path == 0)
		return false;
	ret->is_writable = permissions[1] == 'w';
	snprintf(
		ret->path, sizeof(ret->path), "%.*s", (int)strcspn(line + path, "\n"), line + path);
	return true;
}

int memory_each_mapping(
	pid_t pid, bool (*each)(const struct mapping *mapping, void *data), void *data)
{
	char path[64], line[PATH_MAX + 256];
	struct mapping mapping;
	FILE *file;
	bool goes_on = true;
	int error;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return errno;
	while (goes_on && fgets(line, sizeof(line), file) != NULL)
		if (memory_parse_mapping(line, &mapping))
			goes_on = each(&mapping, data);
	error = ferror(file) ? errno : 0;
	fclose(file);
	return error;
}

int memory_read(pid_t pid, uint64_t address, void *ret, size_t size)
{
	struct iovec local = {ret, size};
	struct iovec remote = {(void *)(uintptr_t)address, size};
	ssize_t got;

	/* A process of 64 bits cannot be read by a program of 32. */
	if (address > UINTPTR_MAX)
		return EFAULT;
	got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	if (got < 0)
		return errno;
	return (size_t)got == size ? 0 : EFAULT;
}
