/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes, by their directories below /proc: what is read is of one process, even if it ends and
 * another one gets its number. What cannot be read any more is as if /proc said nothing. */
#ifndef CTL_PROCESS_H
#define CTL_PROCESS_H

#include "ctl/user.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_NAME = 40, PROCESS_UNIT = 256 };

enum process_state {
	PROCESS_GONE,
	PROCESS_RUNS,
	PROCESS_ZOMBIE, /* has ended, and its parent has not noticed */
	PROCESS_KERNEL, /* a thread of the kernel */
};

struct process {
	pid_t pid, parent;
	enum process_state state;
	int error;		 /* an errno if /proc cannot be read; then the state is unknown */
	int directory;		 /* -1 if it is gone, or cannot be read */
	char name[PROCESS_NAME]; /* of the program, and the number, such as "nsd[1204]" */
};

/* Returns whether text is a number; sets *ret to it, or to 0 if no process can have it. */
bool process_parse_pid(const char *text, pid_t *ret);

/* Opens the process with this number; of one that is not there, the state says so. process_close
 * must follow. */
void process_open(pid_t pid, struct process *ret);
void process_close(struct process *process);

/* Calls each for every process, in the order of their numbers. Ends this process if there is no
 * /proc. */
void process_each(void (*each)(const struct process *process, void *data), void *data);

/* Parses a line of /proc/PID/stat: sets the name, the state and the parent. Returns false if it is
 * malformed. */
bool process_parse_stat(const char *line, struct process *ret);

/* Reads a file of the process, such as "environ", up to a few megabytes, with two NULs behind it.
 * Returns its length, or a negative errno, with *ret NULL. *ret is to be freed. */
long process_read(const struct process *process, const char *file, char **ret);

/* Writes the path of an entry of the process's directory, such as "exe", to ret: a path for this
 * process alone, which needs no other rights than the entry. */
void process_path(const struct process *process, const char *entry, char *ret, size_t size);

/* Returns the inode of the network namespace that the process is in, or 0 if it cannot be seen. */
uint64_t process_netns(pid_t pid);

/* Sets ret to the system's service that the process belongs to, "" if to none. */
void process_unit(const struct process *process, char ret[PROCESS_UNIT]);
/* The same from the text of /proc/PID/cgroup: false if that names none. */
bool process_parse_unit(const char *groups, char ret[PROCESS_UNIT]);

/* Returns whether the process has this library loaded, wherever its file is or was; a
 * negative errno if its mappings cannot be read. */
int process_has_library(const struct process *process);

/* What the kernel told a program when it started: getauxval(3). */
struct auxv {
	bool is_secure;	  /* AT_SECURE: the loader ignores an LD_PRELOAD with a path */
	struct user user; /* as the program started, without a name */
};

/* Parses /proc/PID/auxv of a process of this program's word size. Returns false if one of the
 * entries needed is missing, as in the vector of a process of another word size. */
bool process_parse_auxv(const void *data, size_t len, struct auxv *ret);

#endif
