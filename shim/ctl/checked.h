/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What check says of one argument, with what the kernel back end does or could do for it. */
#ifndef CTL_CHECKED_H
#define CTL_CHECKED_H

#include "ctl/judge.h"
#include "kernel/covered.h"

#include <sys/types.h>

struct checked {
	char name[PATH_MAX];   /* what to call it */
	const char *by_kernel; /* the command by which the kernel back end acts in it */
	const char *subject;   /* of that command */
	pid_t attached_by;     /* the process that has it attached, or 0 */
	struct verdict verdict;
};

/* What is attached, or NULL, needs no library: the answer is yes then, and the reason for a no is
 * told, too. */
void checked_tell_attached(struct checked *checked, const struct covered *covered);

/* Writes what to do instead, or "" if nothing is known, to ret and returns it. */
enum { CHECKED_INSTEAD = PATH_MAX + 256 };
const char *checked_format_instead(const struct checked *checked, char ret[CHECKED_INSTEAD]);

#endif
