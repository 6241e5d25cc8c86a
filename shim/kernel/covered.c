/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/covered.h"

#include "ctl/list.h"
#include "ctl/process.h"
#include "kernel/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_for(const struct covered *covered, const struct covered_socket *socket)
{
	return has_group(covered, socket->cgroup) && covered->attached.netns == socket->netns;
}

int covered_read_socket(
	const struct covered_list *list, const struct covered_socket *socket, int fd)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_for(&list->items[i], socket))
			return attached_read_socket(&list->items[i].attached, fd);
	return COVERED_UNKNOWN_SOCKET;
}

/* The rules for port 0 are those for ports that the kernel chose. */
static enum covered_replies judge_rules(const struct rules *rules, uint16_t port, int known)
{
	const bool is_on = rules_keyword(rules, RULES_UDP, port) == REPLY_ON;
	const bool is_on_without = rules_keyword(rules, RULES_UDP, 0) == REPLY_ON;

	if (known == COVERED_UNKNOWN_SOCKET && is_on != is_on_without)
		return COVERED_UNSEEN;
	if (known == COVERED_UNKNOWN_SOCKET || !(known & KERNEL_SOCKET_NO_PORT))
		return is_on ? COVERED_CURED : COVERED_OFF;
	return is_on_without ? COVERED_CURED : COVERED_OFF;
}

static enum covered_replies judge(
	const struct covered *covered, const struct covered_socket *socket, int known)
{
	const struct attached *attached = &covered->attached;
	enum covered_replies by_rules;

	/* What is attached above, for another network namespace, leaves the group to others. */
	if (!has_group(covered, socket->cgroup) ||
		(!is_for(covered, socket) && attached->cgroup != socket->cgroup))
		return COVERED_NOT;
	by_rules = attached->has_replies
			   ? judge_rules(&attached->settings.reply, socket->port, known)
			   : COVERED_OFF;
	if (by_rules == COVERED_OFF)
		return COVERED_OFF;
	if (!is_for(covered, socket))
		return COVERED_ELSEWHERE;
	if (attached->is_stopped)
		return COVERED_STOPPED;
	if (known != COVERED_UNKNOWN_SOCKET && (known & KERNEL_SOCKET_CLIENT))
		return COVERED_CLIENT;
	return by_rules;
}

enum covered_replies covered_judge_replies(
	const struct covered_list *list, const struct covered_socket *socket, int known)
{
	enum covered_replies best = COVERED_NOT;

	for (size_t i = 0; i < list->count && best != COVERED_CURED; i++) {
		const enum covered_replies one = judge(&list->items[i], socket, known);

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
			rules_keyword(&attached->settings.v6only, protocol, socket->port) ==
				V6ONLY_AUTO)
			return true;
	}
	return false;
}

bool covered_has_process(const struct covered *covered, pid_t pid)
{
	struct cgroup group;
	struct error_line error;

	return cgroup_find_process(pid, &group, &error) && has_group(covered, group.id) &&
	       covered->attached.netns == process_netns(pid);
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

void covered_format_socket_unit(uint64_t cgroup, char ret[NAME_MAX + 1])
{
	static const char suffix[] = ".socket";
	struct cgroup group;
	const char *name;

	*ret = '\0';
	if (!cgroup_find_id(cgroup, &group))
		return;
	name = strrchr(group.path, '/') + 1;
	if (strlen(name) > strlen(suffix) && strlen(name) <= NAME_MAX &&
		strcmp(name + strlen(name) - strlen(suffix), suffix) == 0)
		strcpy(ret, name);
}
