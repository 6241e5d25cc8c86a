/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges from which address a UDP socket's replies leave. Pure: asks nobody. */
#ifndef CTL_AUDIT_VERDICT_H
#define CTL_AUDIT_VERDICT_H

#include "ctl/audit/found.h"

/*
 * Sets found->verdict, by the first of these that holds: the kernel's own; cured; the program asks
 * for the address itself; cured in the kernel; each address has a socket of its own; there is one
 * address; no client; not seen; the library is loaded and has not acted yet; wrong. group is all
 * sockets of the same protocol and port in the same network namespace. Clears takes_v4 of a
 * dual-stack socket if another one of the group gets what comes by IPv4.
 */
void verdict_judge(struct found *found, const struct found *group, size_t count);

/* Writes the verdict as the column REPLIES has it, and returns ret. */
enum { VERDICT_TEXT = 2 * ENDPOINT_TEXT + 80 };
const char *verdict_format(const struct reply_verdict *verdict, char ret[VERDICT_TEXT]);
/* The same as one keyword, such as "wrong". */
const char *verdict_keyword(const struct reply_verdict *verdict);

#endif
