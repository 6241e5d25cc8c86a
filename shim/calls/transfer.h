/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What recvfrom and sendto have in common when they are done by recvmsg and sendmsg. */
#ifndef CALLS_TRANSFER_H
#define CALLS_TRANSFER_H

#include <stddef.h>

/* recvfrom and sendto cut a length down to this (MAX_RW_COUNT, include/linux/fs.h), where recvmsg
 * and sendmsg would refuse one that is negative as a ssize_t. */
static const size_t TRANSFER_MAX = 0x7ffff000;

#endif
