/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens on the wire by packet sockets (packet(7)), in all network namespaces at once. */
#ifndef CTL_AUDIT_CAPTURE_H
#define CTL_AUDIT_CAPTURE_H

#include "ctl/audit/audit.h"
#include "ctl/audit/wire.h"

/* Makes report->wire: watches the ports of all UDP sockets in the report that are bound to a
 * wildcard. It is open where CAP_NET_RAW allows. */
void capture_open(struct report *report);

/* Notes what passes for question->watch_s seconds, or until SIGINT or SIGTERM. */
void capture_run(const struct report *report);

#endif
