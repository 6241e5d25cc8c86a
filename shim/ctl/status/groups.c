/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/groups.h"

#include "ctl/list.h"

#include <string.h>

void groups_add(struct groups *groups, const struct instance *instance)
{
	groups->instances =
		list_extend(groups->instances, groups->instance_count, sizeof(*groups->instances));
	groups->instances[groups->instance_count++] = *instance;
}

static const struct instance *find_parent(
	const struct groups *groups, const struct instance *instance)
{
	for (size_t i = 0; i < groups->instance_count; i++)
		if (groups->instances[i].pid == instance->parent &&
			strcmp(groups->instances[i].unit, instance->unit) == 0)
			return &groups->instances[i];
	return NULL;
}

/* The parents are from several moments, so they may form a circle. */
static pid_t find_root(const struct groups *groups, const struct instance *instance)
{
	enum { DEPTH_MAX = 1000 };
	const struct instance *parent;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		parent = find_parent(groups, instance);
		if (parent == NULL)
			break;
		instance = parent;
	}
	return instance->pid;
}

static bool belongs_to(
	const struct groups *groups, const struct group *group, const struct instance *instance)
{
	const struct instance *first = group->instances[0];

	if (*instance->unit != '\0' || *first->unit != '\0')
		return strcmp(instance->unit, first->unit) == 0;
	return find_root(groups, instance) == find_root(groups, first);
}

static struct group *find_group(struct groups *groups, const struct instance *instance)
{
	for (size_t i = 0; i < groups->count; i++)
		if (belongs_to(groups, &groups->list[i], instance))
			return &groups->list[i];
	groups->list = list_extend(groups->list, groups->count, sizeof(*groups->list));
	groups->list[groups->count] = (struct group){.instances = NULL};
	return &groups->list[groups->count++];
}

/* A group's root comes first, whatever its ID. */
static void put(const struct groups *groups, struct group *group, const struct instance *instance)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
	group->instances = list_extend(group->instances, group->count, sizeof(*group->instances));
	group->instances[group->count++] = instance;
	if (instance->pid == find_root(groups, instance) &&
		group->instances[0]->pid != find_root(groups, group->instances[0])) {
		group->instances[group->count - 1] = group->instances[0];
		group->instances[0] = instance;
	}
}

static void add_up(struct group *group)
{
	struct totals *totals = &group->totals;

	for (size_t i = 0; i < group->count; i++) {
		const struct instance *instance = group->instances[i];

		totals->learnt += instance->learnt;
		totals->evicted += instance->evicted;
		totals->refused += instance->refused;
		for (int choice = 0; choice < CHOICES; choice++)
			totals->sent[choice] += instance->sent[choice];
		for (int event = 0; event < STATUS_EVENTS_MAX; event++)
			if (instance->status.events[event] > totals->events[event])
				totals->events[event] = instance->status.events[event];
	}
}

void groups_make(struct groups *groups)
{
	for (size_t i = 0; i < groups->instance_count; i++) {
		const struct instance *instance = &groups->instances[i];

		put(groups, find_group(groups, instance), instance);
	}
	for (size_t i = 0; i < groups->count; i++) {
		struct group *group = &groups->list[i];

		add_up(group);
		peers_count(group->instances, group->count, &group->peers);
	}
}

uint64_t groups_answered(const struct totals *totals)
{
	return totals->sent[CHOICE_LAST] + totals->sent[CHOICE_TABLE] +
	       totals->sent[CHOICE_ELSEWHERE];
}
