/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory of other processes, as far as status needs it. A process may change it or end at any
 * time, and what it holds is not to be trusted. */
#ifndef CTL_STATUS_MEMORY_H
#define CTL_STATUS_MEMORY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A line of /proc/PID/maps (proc(5)). */
struct mapping {
	uint64_t start, end;
	bool is_writable;
	uint64_t inode;
	char path[PATH_MAX + 16]; /* as written there, with " (deleted)" */
};

/* Calls each for every mapping until it returns false. Returns 0, or an errno if they cannot be
 * read. A process that has ended, and a kernel thread, have none. */
int memory_each_mapping(
	pid_t pid, bool (*each)(const struct mapping *mapping, void *data), void *data);

/* Parses one line. Returns false if it has not the form. */
bool memory_parse_mapping(const char *line, struct mapping *ret);

/* Reads size bytes at address by process_vm_readv(2). Returns 0 or an errno. */
int memory_read(pid_t pid, uint64_t address, void *ret, size_t size);

#endif
