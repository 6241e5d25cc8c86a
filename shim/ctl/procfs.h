/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says about processes, which may end meanwhile: then the answer is as if it said
 * nothing. */
#ifndef CTL_PROCFS_H
#define CTL_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCFS_NAME = 40, PROCFS_UNIT = 256 };

/* Calls each for every process, in the order of their IDs. Ends the process if there is no /proc.
 */
void procfs_each_process(void (*each)(pid_t pid, void *data), void *data);

/* Writes the process's name and ID, such as "nsd[1204]", to ret and returns it. */
const char *procfs_name(pid_t pid, char ret[PROCFS_NAME]);

/* Sets ret to the system's service that the process belongs to, "" if to none. */
void procfs_unit(pid_t pid, char ret[PROCFS_UNIT]);
/* The same from one line of /proc/PID/cgroup: false if that names none. */
bool procfs_parse_unit(const char *line, char ret[PROCFS_UNIT]);

/* Returns whether the process has this library loaded. */
bool procfs_has_library(pid_t pid);

#endif
