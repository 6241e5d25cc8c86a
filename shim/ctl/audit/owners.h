/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes have a socket open: by its inode, in all network namespaces at once. */
#ifndef CTL_AUDIT_OWNERS_H
#define CTL_AUDIT_OWNERS_H

#include "ctl/audit/diag.h"

/* Sets holder, owners and owner_count of each socket. The kernel's own are known as such only where
 * every process could be looked into. */
void owners_find(struct found_list *list);

#endif
