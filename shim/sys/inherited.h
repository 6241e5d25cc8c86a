/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets that came to the program already bound, where it forks before it has used them. */
#ifndef SYS_INHERITED_H
#define SYS_INHERITED_H

/*
 * Before a fork: makes the table of peers if such a socket is there, so that parent and child will
 * share it. Looks once, at the low numbers where inetd and systemd, and most others, leave a
 * program its sockets. Keeps errno.
 */
void inherited_before_fork(void);

#endif
