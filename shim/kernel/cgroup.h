/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control groups of version 2, cgroups(7): a socket belongs to the one that its process was in when
 * it made the socket. */
#ifndef KERNEL_CGROUP_H
#define KERNEL_CGROUP_H

#include "ctl/say.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup {
	char path[PATH_MAX]; /* below the mount point, which is part of it */
	uint64_t id;	     /* as sock_diag(7) and bpf(2) give it; also the directory's inode */
	pid_t pid;	     /* the process by which it was found, else 0 */
};

/* Finds the group by a systemd unit that runs, the number of a process, or the path of its
 * directory, which may begin at the mount point. Returns false with a message. */
bool cgroup_find(const char *asked, struct cgroup *ret, struct error_line *error);

/* Finds the group that the process is in. */
bool cgroup_find_process(pid_t pid, struct cgroup *ret, struct error_line *error);

/* Makes the group bindright-PID below the one that the process is in. Removes those of processes
 * that have ended, which a helper left that was killed. */
bool cgroup_make(pid_t pid, struct cgroup *ret, struct error_line *error);
/* Moves the process into the group. */
bool cgroup_move(const struct cgroup *group, pid_t pid, struct error_line *error);
/* Removes the group and those below it, if no process is in them. */
void cgroup_remove(const struct cgroup *group);
/* Whether a process is in the group or in one below it. */
bool cgroup_is_populated(const struct cgroup *group);

/* Calls each for the group and all below it, until that returns false. */
void cgroup_each(const struct cgroup *group,
	bool (*each)(uint64_t id, const char *path, void *data), void *data);
/* Calls each for every process in the group and those below it. */
void cgroup_each_process(
	const struct cgroup *group, void (*each)(pid_t pid, void *data), void *data);

/* Finds the path of the group with this id. Returns false if there is none. */
bool cgroup_find_id(uint64_t id, struct cgroup *ret);

#endif
