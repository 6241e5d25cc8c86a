/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/covered.h"

#include "ctl/list.h"
#include "kernel/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool add_group(uint64_t id, const char *path, void *data)
{
	struct covered *covered = data;

	(void)path;
	covered->groups =
		list_extend(covered->groups, covered->group_count, sizeof(*covered->groups));
	covered->groups[covered->group_count++] = id;
	return true;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static void add(const struct attached *attached, void *data)
{
	struct covered_list *list = data;
	struct covered covered = {.attached = *attached};
	struct cgroup group;

	if (cgroup_find_id(attached->cgroup, &group)) {
		strcpy(covered.path, group.path);
		cgroup_each(&group, add_group, &covered);
		qsort(covered.groups, covered.group_count, sizeof(*covered.groups), compare);
	}
	list->items = list_extend(list->items, list->count, sizeof(covered));
	list->items[list->count++] = covered;
}

void covered_find(struct covered_list *ret)
{
	*ret = (struct covered_list){.items = NULL};
	attached_each(add, ret);
}

static bool has_group(const struct covered *covered, uint64_t cgroup)
{
	return covered->group_count > 0 && bsearch(&cgroup, covered->groups, covered->group_count,
						   sizeof(cgroup), compare) != NULL;
}

/* The rules for port 0 count for the ephemeral ports that no rule names, as programs.c has it. */
static uint8_t find_keyword(
	const struct rules *rules, unsigned int protocol, const struct covered_socket *socket)
{
	const bool is_by_port =
		!socket->is_ephemeral || rules_find(rules, protocol, socket->port) != NULL;

	return rules_keyword(rules, protocol, is_by_port ? socket->port : 0);
}

static enum covered_replies judge(
	const struct covered *covered, const struct covered_socket *socket)
{
	const struct attached *attached = &covered->attached;

	const bool is_elsewhere = attached->netns != socket->netns;

	/* What is attached above, for another network namespace, leaves the group to others. */
	if (!has_group(covered, socket->cgroup) ||
		(is_elsewhere && attached->cgroup != socket->cgroup))
		return COVERED_NOT;
	if (!attached->has_replies ||
		find_keyword(&attached->settings.reply, RULES_UDP, socket) != REPLY_ON)
		return COVERED_OFF;
	if (is_elsewhere)
		return COVERED_ELSEWHERE;
	return attached->is_stopped ? COVERED_STOPPED : COVERED_CURED;
}

enum covered_replies covered_judge_replies(
	const struct covered_list *list, const struct covered_socket *socket)
{
	enum covered_replies best = COVERED_NOT;

	for (size_t i = 0; i < list->count && best != COVERED_CURED; i++) {
		const enum covered_replies one = judge(&list->items[i], socket);

		if (one != COVERED_NOT)
			best = one;
	}
	return best;
}

bool covered_may_share(
	const struct covered_list *list, const struct covered_socket *socket, unsigned int protocol)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct attached *attached = &list->items[i].attached;

		if (attached->has_listeners && has_group(&list->items[i], socket->cgroup) &&
			find_keyword(&attached->settings.v6only, protocol, socket) == V6ONLY_AUTO)
			return true;
	}
	return false;
}

static uint64_t netns_of(pid_t pid)
{
	char path[64];
	struct stat file;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	return stat(path, &file) == 0 ? file.st_ino : 0;
}

bool covered_has_process(const struct covered *covered, pid_t pid)
{
	struct cgroup group;
	struct error_line error;

	return cgroup_find_process(pid, &group, &error) && has_group(covered, group.id) &&
	       covered->attached.netns == netns_of(pid);
}

const struct covered *covered_find_process(const struct covered_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (covered_has_process(&list->items[i], pid))
			return &list->items[i];
	return NULL;
}

const struct covered *covered_find_unit(const struct covered_list *list, const char *unit)
{
	struct cgroup group;
	struct error_line error;

	if (list->count == 0 || !cgroup_find(unit, &group, &error))
		return NULL;
	if (group.pid > 0)
		return covered_find_process(list, group.pid);
	for (size_t i = 0; i < list->count; i++)
		if (has_group(&list->items[i], group.id))
			return &list->items[i];
	return NULL;
}

void covered_format_target(pid_t pid, uint64_t cgroup, char ret[PATH_MAX])
{
	struct covered of_process = {.groups = NULL};
	struct cgroup group;
	struct error_line error;

	if (cgroup_find_process(pid, &group, &error)) {
		cgroup_each(&group, add_group, &of_process);
		qsort(of_process.groups, of_process.group_count, sizeof(*of_process.groups),
			compare);
	}
	*ret = '\0';
	if (has_group(&of_process, cgroup))
		snprintf(ret, PATH_MAX, "%d", (int)pid);
	else if (cgroup_find_id(cgroup, &group))
		strcpy(ret, group.path);
	free(of_process.groups);
}
