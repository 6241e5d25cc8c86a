/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks at the options of a socket that another process has open, by a duplicate of its descriptor
 * (pidfd_getfd(2)). While the duplicate is held, microseconds, the process cannot close the socket
 * and bind its port again.
 */
#ifndef CTL_AUDIT_PEEK_H
#define CTL_AUDIT_PEEK_H

#include "ctl/audit/found.h"

/* Sets found->peek: 0 if the socket cannot be had, because its processes have ended or closed it,
 * or for want of rights. Sets found->kernel_knows if it
 * can be asked. */
void peek(struct found *found, const struct covered_list *covered);

#endif
