/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's rule for secure mode (AT_SECURE), in which the loader ignores an LD_PRELOAD with a
 * path (ld.so(8)): bprm_fill_uid and cap_bprm_creds_from_file of Linux.
 */
#ifndef CTL_PRIVILEGES_H
#define CTL_PRIVILEGES_H

#include "ctl/user.h"

#include <stdbool.h>
#include <stddef.h>

/* Returns whether user would run the program file open at fd in secure mode, and sets ret to a
 * clause that says why, such as "is set-user-ID root, and user nagios would become root". */
bool privileges_find(int fd, const struct user *user, char *ret, size_t size);

#endif
