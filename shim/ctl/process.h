/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One process, by its directory below /proc: what is read is of this process, even if it ends and
 * another one gets its number. */
#ifndef CTL_PROCESS_H
#define CTL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

enum process_state {
	PROCESS_GONE,
	PROCESS_RUNS,
	PROCESS_ZOMBIE, /* has ended, and its parent has not noticed */
	PROCESS_KERNEL, /* a thread of the kernel */
};

struct process {
	int directory;
	char pid[24];  /* its number */
	char name[64]; /* of the program, cut to 15 characters: comm of proc(5) */
	enum process_state state;
};

/* Opens the process with this number. Returns 0, or an errno if /proc cannot be read; of a process
 * that is not there, the state says so. process_close must follow after 0. */
int process_open(const char *pid, struct process *ret);
void process_close(struct process *process);

/* Parses a line of /proc/PID/stat. Returns false if it is malformed. */
bool process_parse_stat(const char *line, struct process *ret);

/* Reads a file of the process, such as "environ", up to a few megabytes, with two NULs behind it.
 * Returns its length, or a negative errno; *ret is to be freed then or not. */
long process_read(const struct process *process, const char *file, char **ret);

/* Writes the path of an entry of the process's directory, such as "exe", to ret: a path for this
 * process alone, which needs no other rights than the entry. */
void process_path(const struct process *process, const char *entry, char *ret, size_t size);

#endif
