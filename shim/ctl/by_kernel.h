/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wrapper's option --kernel: the command is cured by the kernel, and runs without the library.
 */
#ifndef CTL_BY_KERNEL_H
#define CTL_BY_KERNEL_H

#include "ctl/assignments.h"
#include "ctl/say.h"

#include <stdbool.h>

/* Has bindrightctl, at this path, move this process into a control group of its own and attach the
 * kernel back end to that, by a process that is no child of this one. Returns false with a message;
 * then this process is where it was. */
bool by_kernel_start(
	const char *bindrightctl, const struct assignments *assignments, struct error_line *error);

#endif
