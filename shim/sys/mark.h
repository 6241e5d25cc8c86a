/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A mark on the socket itself: its destination reports are on by our doing, and these of them are
 * what the program asked for too. It goes wherever the socket goes: across exec, to duplicates that
 * we did not see made, and over AF_UNIX to other processes. Where this library meets the socket
 * again, it would otherwise have to take our reports for the program's own wish, and leave them in
 * its control data. All of this keeps errno.
 */
#ifndef SYS_MARK_H
#define SYS_MARK_H

#include <stdbool.h>

/* Marks fd, or marks it anew; own are the families (sys/pktinfo.h) that the program asked for. A
 * socket that the program uses the mark's place of is left alone. */
void mark_set(int fd, unsigned int own);
/* The families of the mark; false if fd has none. */
bool mark_read(int fd, unsigned int *ret_own);
/* Takes the mark away, if there is one. */
void mark_clear(int fd);

/* Whether this is the option that the mark stands in, and the value that it has for a program. */
bool mark_is_option(int level, int optname);
enum { MARK_NONE = 1 };

#endif
