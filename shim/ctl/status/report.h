/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What status reports, and the three forms in which it is printed. */
#ifndef CTL_STATUS_REPORT_H
#define CTL_STATUS_REPORT_H

#include "ctl/status/enabled.h"
#include "ctl/status/groups.h"
#include "kernel/covered.h"

#include <stddef.h>

/* A process or unit that was asked for, and runs without the library. */
struct without {
	char name[PROCESS_UNIT];
};

/* A control group that the kernel back end is attached to. */
struct attachment {
	const struct attached *attached;
	const char *control_group; /* the path of its directory; "" if that has gone */
	char unit[PROCESS_UNIT];   /* the service that it belongs to, or "" */
};

struct report {
	const struct groups *groups;
	const struct enabled_list *enabled;
	const struct without *without;
	size_t without_count;
	const struct attachment *attachments;
	size_t attachment_count;
	size_t unseen; /* processes that may not be read */
};

void report_text(const struct report *report);
void report_json(const struct report *report);
/* The text format of Prometheus, version 0.0.4. */
void report_prometheus(const struct report *report);

/* What all forms need. Calls each for every setting in effect that the instance shows, with a name
 * in lower case and without "BINDRIGHT_", such as "v6only". */
void report_each_setting(const struct instance *instance,
	void (*each)(const char *name, const char *value, void *data), void *data);
/* The same for what is attached: all settings that the kernel back end has. */
void report_each_kernel_setting(const struct attached *attached,
	void (*each)(const char *name, const char *value, void *data), void *data);
/* Returns a keyword for the state: "acts", "off", ... */
const char *report_state(const struct instance *instance);
/* Returns "same", "replaced" or "removed". */
const char *report_file(const struct instance *instance);
/* Returns whether the unit runs, and no process of it has the library or is attached to. */
bool report_lacks_library(const struct enabled *enabled);

#endif
