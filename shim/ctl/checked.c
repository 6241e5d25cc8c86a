/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/checked.h"

#include <stdio.h>
#include <string.h>

void checked_tell_attached(struct checked *checked, const struct covered *covered)
{
	struct verdict *verdict = &checked->verdict;
	char reason[sizeof(verdict->reason)];
	const bool is_no = verdict->answer == ANSWER_NO;

	if (covered == NULL || verdict->answer == ANSWER_UNKNOWN || (is_no && !verdict->kernel_can))
		return;
	checked->attached_by = covered->attached.pid;
	strcpy(reason, verdict->reason);
	judge_set(verdict, ANSWER_YES, NULL, "the kernel back end is attached, by process %d%s%s%s",
		(int)covered->attached.pid,
		covered->attached.is_stopped ? ", which is stopped" : "",
		*reason == '\0' ? ""
		: is_no		? "; the library cannot act in it: "
				: "; ",
		reason);
	memset(verdict->warnings, 0, sizeof(verdict->warnings));
}

const char *checked_format_instead(const struct checked *checked, char ret[CHECKED_INSTEAD])
{
	const struct verdict *verdict = &checked->verdict;
	const char *instead = verdict->instead != NULL ? verdict->instead : "";

	if (verdict->answer == ANSWER_NO && verdict->kernel_can && attached_is_available())
		snprintf(ret, CHECKED_INSTEAD, "%s %s%s%s", checked->by_kernel, checked->subject,
			*instead != '\0' ? "; or " : "", instead);
	else
		snprintf(ret, CHECKED_INSTEAD, "%s", instead);
	return ret;
}
