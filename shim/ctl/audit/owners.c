/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/owners.h"

#include "ctl/list.h"
#include "ctl/process.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct search {
	uint32_t *inodes; /* of the sockets, sorted */
	size_t inode_count;
	struct owner *owners;
	size_t owner_count;
	bool is_complete;
};

static int compare_inodes(const void *a, const void *b)
{
	const uint32_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

/* By inode, which is the first member; then by process. */
static int compare_owners(const void *a, const void *b)
{
	const struct owner *first = a, *second = b;
	int result = compare_inodes(&first->inode, &second->inode);

	return result != 0 ? result : (first->pid > second->pid) - (first->pid < second->pid);
}

static bool is_wanted(const struct search *search, uint32_t inode)
{
	return bsearch(&inode, search->inodes, search->inode_count, sizeof(inode),
		       compare_inodes) != NULL;
}

static void note(struct search *search, pid_t pid, const char *fd, const char *target)
{
	unsigned long inode;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (sscanf(target, "socket:[%lu]", &inode) != 1 || !is_wanted(search, (uint32_t)inode))
		return;
	search->owners = list_extend(search->owners, search->owner_count, sizeof(*search->owners));
	search->owners[search->owner_count++] =
		(struct owner){(uint32_t)inode, pid, (int)strtol(fd, NULL, 10)};
}

/* In another one, not all processes can be seen. */
static bool is_initial_pid_namespace(void)
{
	static const ino_t initial = 0xeffffffc; /* PROC_PID_INIT_INO of the kernel's proc_ns.h */
	struct stat file;

	return stat("/proc/self/ns/pid", &file) == 0 && file.st_ino == initial;
}

/* Whose first thread has ended shows its descriptors for the others alone. */
static bool is_headless(pid_t pid, size_t fds)
{
	struct stat file;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	return fds == 0 && stat(path, &file) == 0 && file.st_nlink > 3;
}

static void search_process(const struct process *process, void *data)
{
	struct search *search = data;
	const struct dirent *entry;
	DIR *directory;
	char path[64];
	size_t fds = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)process->pid);
	directory = opendir(path);
	if (directory == NULL) {
		search->is_complete &= errno != EACCES && errno != EPERM;
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		char target[64];
		ssize_t len =
			readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1);

		search->is_complete &= len >= 0 || errno != EACCES;
		target[len > 0 ? len : 0] = '\0';
		note(search, process->pid, entry->d_name, target);
		fds += entry->d_name[0] != '.';
	}
	search->is_complete &= !is_headless(process->pid, fds);
	closedir(directory);
}

static void assign(struct found *found, const struct search *search)
{
	const struct owner *owner = search->owners, *end = owner + search->owner_count;
	size_t low = 0, high = search->owner_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (owner[middle].inode < found->inode)
			low = middle + 1;
		else
			high = middle;
	}
	found->owners = owner + low;
	for (owner += low; owner < end && owner->inode == found->inode; owner++)
		found->owner_count++;
	/* What the kernel opens is root's. */
	if (found->owner_count > 0)
		found->holder = HOLDER_PROCESS;
	else
		found->holder =
			search->is_complete && found->uid == 0 ? HOLDER_KERNEL : HOLDER_UNSEEN;
}

void owners_find(struct found_list *list)
{
	struct search search = {.inode_count = list->count,
		.is_complete = geteuid() == 0 && is_initial_pid_namespace()};

	if (list->count == 0)
		return;
	search.inodes = or_fail(calloc(list->count, sizeof(*search.inodes)));
	for (size_t i = 0; i < list->count; i++)
		search.inodes[i] = list->items[i].inode;
	qsort(search.inodes, search.inode_count, sizeof(*search.inodes), compare_inodes);
	process_each(search_process, &search);
	if (search.owner_count > 0)
		qsort(search.owners, search.owner_count, sizeof(*search.owners), compare_owners);
	for (size_t i = 0; i < list->count; i++)
		assign(&list->items[i], &search);
	free(search.inodes);
}
