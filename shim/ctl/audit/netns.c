/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/netns.h"

#include "ctl/list.h"
#include "ctl/process.h"
#include "ctl/say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_known(const struct netns_list *list, ino_t id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return true;
	return false;
}

/* Adds the namespace at path unless it is in the list. A process that has gone is silence. */
static void add(struct netns_list *list, const char *path, const char *name)
{
	struct stat file;
	int fd;

	if (stat(path, &file) != 0) {
		list->is_complete &= errno != EACCES && errno != EPERM;
		return;
	}
	if (is_known(list, file.st_ino))
		return;
	fd = list->count < NETNS_MAX ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd < 0) {
		list->is_complete &= errno == ENOENT;
		return;
	}
	list->items[list->count] = (struct netns){.id = file.st_ino, .fd = fd};
	snprintf(list->items[list->count].name, sizeof(list->items[0].name), "%s", name);
	list->count++;
}

static void add_process(const struct process *process, void *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)process->pid);
	add(data, path, process->name);
}

/* These need not have a process in them. */
static void add_named(struct netns_list *list)
{
	DIR *directory = opendir("/run/netns");
	const struct dirent *entry;

	if (directory == NULL)
		return;
	while ((entry = readdir(directory)) != NULL) {
		char path[300];

		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		if (entry->d_name[0] != '.')
			add(list, path, entry->d_name);
	}
	closedir(directory);
}

struct netns_list *netns_find(void)
{
	struct netns_list *list = or_fail(calloc(1, sizeof(*list)));

	list->is_complete = true;
	add(list, "/proc/self/ns/net", "");
	if (list->count == 0)
		say_and_fail("cannot open /proc/self/ns/net: %s", strerror(errno));
	list->items[0].is_own = true;
	/* Before the processes, because of the better name. */
	add_named(list);
	process_each(add_process, list);
	return list;
}

/* Who may not come back, as in a user namespace without a network namespace, does not leave. */
bool netns_each(struct netns_list *list, void (*each)(struct netns *netns, void *data), void *data)
{
	const int own = list->items[0].fd;
	bool is_complete = true;

	each(&list->items[0], data);
	if (list->count > 1 && setns(own, CLONE_NEWNET) != 0)
		return false;
	for (size_t i = 1; i < list->count; i++) {
		if (setns(list->items[i].fd, CLONE_NEWNET) == 0)
			each(&list->items[i], data);
		else
			/* EINVAL: a file that ip-netns(8) left, and no namespace. */
			is_complete &= errno == EINVAL;
	}
	if (list->count > 1 && setns(own, CLONE_NEWNET) != 0)
		say_and_fail("cannot return to the network namespace: %s", strerror(errno));
	return is_complete;
}
