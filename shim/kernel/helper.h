/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that has the eBPF programs attached: it follows the host's addresses for them, until
 * it is ended or the control group goes. */
#ifndef KERNEL_HELPER_H
#define KERNEL_HELPER_H

#include "ctl/say.h"
#include "kernel/cgroup.h"
#include "settings/settings.h"

#include <stdbool.h>

struct helper {
	struct cgroup group;
	bool is_own; /* the group was made for a command, and goes with it */
	int signals; /* a descriptor, of those that end the helper */
	int events;  /* a descriptor: something may have happened to the group */
};

/* Blocks the signals that helper_run waits for, then loads and attaches all: from the return on,
 * sockets of the group are cured. Returns false with a message; then nothing is attached once the
 * process has ended. */
bool helper_start(struct helper *helper, const struct settings *settings, struct error_line *error);

/* Loads all, and attaches nothing: whether helper_start could. Returns false with a message that
 * says what is missing. What is loaded goes with this process. */
bool helper_try(const struct settings *settings, struct error_line *error);

/* Returns when SIGTERM, SIGINT or SIGHUP comes, or the group is removed, or, if it is its own,
 * empty: it is removed then. */
void helper_run(struct helper *helper);

#endif
