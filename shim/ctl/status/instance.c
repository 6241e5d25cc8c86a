/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/instance.h"

#include "ctl/list.h"
#include "ctl/say.h"
#include "ctl/status/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The library's data has a few pages. The limit keeps a file that only has its name from costing
 * much. */
enum { DATA_MAX = 1 << 20 };

/* What is looked for in the mappings. */
struct search {
	bool is_found;
	struct mapping data;	/* the library's writable one */
	uint64_t table_address; /* 0 in the first round */
	uint64_t table_inode;
};

static bool is_library(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && strncmp(slash, "/libbindright.so", strlen("/libbindright.so")) == 0;
}

static bool find_library(const struct mapping *mapping, void *data)
{
	struct search *search = data;

	if (!is_library(mapping->path))
		return true;
	search->is_found = true;
	search->data = *mapping;
	return !mapping->is_writable;
}

static bool find_table(const struct mapping *mapping, void *data)
{
	struct search *search = data;

	if (search->table_address < mapping->start || search->table_address >= mapping->end)
		return true;
	search->table_inode = mapping->inode;
	return false;
}

/* A file that was replaced by rename has " (deleted)" in the mappings, too. */
static enum library_file judge_file(pid_t pid, const char *path)
{
	static const char deleted[] = " (deleted)";
	const size_t len = strlen(path), suffix = strlen(deleted);
	char now[PATH_MAX + 64];

	if (len < suffix || strcmp(path + len - suffix, deleted) != 0)
		return FILE_SAME;
	snprintf(now, sizeof(now), "/proc/%d/root%.*s", (int)pid, (int)(len - suffix), path);
	return access(now, F_OK) == 0 ? FILE_REPLACED : FILE_REMOVED;
}

/* Copies what the version of the process has; the rest is zero. */
static void take_status(struct instance *instance, const unsigned char *bytes, size_t available)
{
	struct status *status = &instance->status;
	uint32_t size;

	memcpy(&size, bytes + offsetof(struct status, size), sizeof(size));
	if (size > sizeof(*status))
		size = sizeof(*status);
	if (size > available || size < offsetof(struct status, settings))
		return;
	memcpy(status, bytes, size);
	status->version[sizeof(status->version) - 1] = '\0';
	status->settings[sizeof(status->settings) - 1] = '\0';
	instance->has_status = true;
}

static int find_status(struct instance *instance, const struct mapping *data)
{
	static const unsigned char magic[] = STATUS_MAGIC;
	const uint64_t whole = data->end - data->start;
	const size_t size = whole < DATA_MAX ? (size_t)whole : DATA_MAX;
	unsigned char *bytes;
	const unsigned char *at;
	int error;

	if (!data->is_writable)
		return 0;
	bytes = or_fail(malloc(size));
	error = memory_read(instance->pid, data->start, bytes, size);
	at = error == 0 ? memmem(bytes, size, magic, sizeof(magic)) : NULL;
	if (at != NULL && (size_t)(bytes + size - at) >= offsetof(struct status, settings))
		take_status(instance, at, (size_t)(bytes + size - at));
	free(bytes);
	return error;
}

static void add_stripe(struct instance *instance, const unsigned char *bytes, size_t size)
{
	struct status_stripe stripe = {0};

	memcpy(&stripe, bytes, size < sizeof(stripe) ? size : sizeof(stripe));
	instance->learnt += stripe.learnt;
	for (int choice = 0; choice < CHOICES; choice++)
		instance->sent[choice] += stripe.sent[choice];
}

static void read_counts(struct instance *instance)
{
	enum { STRIPES_MAX = 4096, STRIPE_MAX = 1024 };
	const struct status *status = &instance->status;
	struct status_counts counts;
	unsigned char bytes[STRIPE_MAX];
	const uint64_t stripes = status->counts + offsetof(struct status_counts, stripes);

	if (status->counts == 0 || status->stripe_size > STRIPE_MAX ||
		memory_read(instance->pid, status->counts, &counts,
			offsetof(struct status_counts, stripes)) != 0)
		return;
	instance->evicted = counts.evicted;
	instance->refused = counts.refused;
	for (uint32_t i = 0; i < status->stripes && i < STRIPES_MAX; i++) {
		if (memory_read(instance->pid, stripes + (uint64_t)i * status->stripe_size, bytes,
			    status->stripe_size) != 0)
			return;
		add_stripe(instance, bytes, status->stripe_size);
	}
}

int instance_read(const struct process *process, struct instance *ret)
{
	const pid_t pid = process->pid;
	struct search search = {.is_found = false};
	int error = memory_each_mapping(pid, find_library, &search);

	if (error != 0)
		return error == ESRCH ? ENOENT : error;
	if (!search.is_found)
		return ENOENT;
	*ret = (struct instance){.pid = pid, .parent = process->parent};
	error = find_status(ret, &search.data);
	if (error != 0)
		return error == ESRCH ? ENOENT : error;
	strcpy(ret->name, process->name);
	process_unit(process, ret->unit);
	ret->file = judge_file(pid, search.data.path);
	if (!ret->has_status)
		return 0;
	read_counts(ret);
	search.table_address = ret->status.table.entries;
	if (search.table_address != 0 && memory_each_mapping(pid, find_table, &search) == 0)
		ret->table = search.table_inode;
	return 0;
}
