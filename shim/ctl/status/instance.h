/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library in one process: what its struct status (runtime/status.h) says. */
#ifndef CTL_STATUS_INSTANCE_H
#define CTL_STATUS_INSTANCE_H

#include "ctl/process.h"
#include "runtime/status.h"

#include <stdbool.h>
#include <stdint.h>

/* What has happened to the library's file since it was loaded. */
enum library_file { FILE_SAME, FILE_REPLACED, FILE_REMOVED };

struct instance {
	pid_t pid, parent;
	char name[PROCESS_NAME];
	char unit[PROCESS_UNIT]; /* "" if it belongs to none */
	enum library_file file;
	bool has_status;      /* false for a library that is older than struct status */
	struct status status; /* with NUL at the end of its texts */
	uint64_t learnt, sent[CHOICES];
	uint32_t evicted, refused;
	uint64_t table; /* inode of the peer table's memory, the same in all that share it; 0: none
			 */
};

/* Finds the library in the process. Returns 0 and sets *ret, ENOENT if it is not there or the
 * process has ended, or another errno if the process may not be read. */
int instance_read(const struct process *process, struct instance *ret);

#endif
