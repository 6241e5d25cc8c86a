/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from the table's lines: the exit status, what cures, what was not seen. */
#include "ctl/audit/audit.h"
#include "ctl/audit/wire.h"
#include "ctl/list.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_wrong(const struct row *row)
{
	return row->found->verdict.replies == REPLIES_WRONG;
}

int report_status(const struct report *report)
{
	for (size_t i = 0; i < report->rows.count; i++)
		if (is_wrong(&report->rows.items[i]))
			return TOOL_FINDINGS;
	for (size_t i = 0; report->wire != NULL && i < report->netns->count; i++)
		if (wire_has_wrong(&report->wire[i]))
			return TOOL_FINDINGS;
	return TOOL_YES;
}

static void append(char text[UNSEEN_TEXT], const char *what, size_t count)
{
	size_t len = strlen(text);

	if (count > 0)
		snprintf(text + len, UNSEEN_TEXT - len, "%s %s of %zu socket%s",
			text[len - 1] == ':' ? "" : ",", what, count, count == 1 ? "" : "s");
}

/* Root without CAP_SYS_PTRACE or CAP_SYS_ADMIN sees no more than others do. */
static const char *explain_unseen(const struct report *report)
{
	if (report->question->no_peek && report->holders_unseen == 0 && !report->netns_unseen)
		return "not seen with --no-peek:";
	return geteuid() != 0 ? "not seen without root:" : "not seen, although root:";
}

const char *report_unseen(const struct report *report, char ret[UNSEEN_TEXT])
{
	if (report->holders_unseen == 0 && report->replies_unseen == 0 && !report->netns_unseen)
		return NULL;
	snprintf(ret, UNSEEN_TEXT, "%s", explain_unseen(report));
	append(ret, "replies", report->replies_unseen);
	append(ret, "processes", report->holders_unseen);
	if (report->netns_unseen)
		snprintf(ret + strlen(ret), UNSEEN_TEXT - strlen(ret),
			"%s other network namespaces", ret[strlen(ret) - 1] == ':' ? "" : ",");
	return ret;
}

/* Where the kernel back end is attached and yet does not cure, another attach would not either. */
static void format_kernel_cure(const struct row *row, char ret[CURE])
{
	char target[PATH_MAX], socket[NAME_MAX + 1];

	if (!attached_is_available() || row->found->covered != COVERED_NOT)
		return;
	covered_format_socket_unit(row->found->cgroup, socket);
	if (*socket != '\0' || row->unit[0] != '\0') {
		snprintf(ret, CURE, "bindrightctl enable --kernel %s",
			*socket != '\0' ? socket : row->unit);
		return;
	}
	covered_format_target(row->pid, row->found->cgroup, target);
	if (*target != '\0')
		snprintf(ret, CURE, "bindrightctl attach %s", target);
	else
		snprintf(ret, CURE, "bindright --kernel COMMAND, for %s", row->name);
}

void report_format_cure(const struct row *row, char ret[CURE])
{
	*ret = '\0';
	if (!is_wrong(row) || row->pid == 0)
		return;
	if (rows_obstacle(row) != NULL)
		format_kernel_cure(row, ret);
	else if (row->unit[0] != '\0')
		snprintf(ret, CURE, "bindrightctl enable %s", row->unit);
	else if (rows_is_of_systemd(row))
		snprintf(ret, CURE,
			"bindrightctl enable SERVICE, which systemctl list-sockets names");
	else
		snprintf(ret, CURE, "bindright COMMAND, for %s", row->name);
}

struct cure {
	char command[CURE];
	size_t count;
};

void report_cures(const struct report *report,
	void (*each)(const char *command, size_t count, void *data), void *data)
{
	struct cure *cures = NULL;
	size_t count = 0, at;

	for (size_t i = 0; i < report->rows.count; i++) {
		struct cure cure = {.count = 0};

		report_format_cure(&report->rows.items[i], cure.command);
		for (at = 0; at < count && strcmp(cures[at].command, cure.command) != 0; at++)
			;
		if (at == count) {
			cures = list_extend(cures, count, sizeof(cure));
			cures[count++] = cure;
		}
		cures[at].count++;
	}
	for (at = 0; at < count; at++)
		if (*cures[at].command != '\0')
			each(cures[at].command, cures[at].count, data);
	free(cures);
}

size_t report_not_reached(const struct report *report)
{
	size_t count = 0;
	char cure[CURE];

	for (size_t i = 0; i < report->rows.count; i++) {
		const struct row *row = &report->rows.items[i];

		report_format_cure(row, cure);
		count += is_wrong(row) && rows_obstacle(row) != NULL && *cure == '\0';
	}
	return count;
}
