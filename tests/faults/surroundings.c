/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "surroundings.h"

#include "servers/common.h"
#include "window.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void limit(int resource, rlim_t value)
{
	struct rlimit limits;

	if (getrlimit(resource, &limits) != 0)
		_exit(125);
	limits.rlim_cur = value;
	if (setrlimit(resource, &limits) != 0)
		_exit(125);
}

static void as_small(void)
{
	limit(RLIMIT_AS, 5 << 20);
}

static void as_smaller(void)
{
	limit(RLIMIT_AS, 3 << 20);
}

/* Only the descriptors that the scenes need are free. */
static void no_descriptors(void)
{
	limit(RLIMIT_NOFILE, OUTPUT_FD + 1);
	for (int fd = 6; fd < 110; fd++)
		dup2(STDERR_FILENO, fd);
}

static void no_processes(void)
{
	limit(RLIMIT_NPROC, 0);
}

static void small_stack(void)
{
	limit(RLIMIT_STACK, 128 << 10);
}

static void no_locked_memory(void)
{
	limit(RLIMIT_MEMLOCK, 0);
}

static void no_file_size(void)
{
	limit(RLIMIT_FSIZE, 1 << 20);
}

static void put_over(const char *path, const char *type, const char *options)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", path, type, 0, options) != 0)
		_exit(125);
}

static void no_proc(void)
{
	put_over("/proc", "tmpfs", "mode=000");
}

static void no_dev(void)
{
	put_over("/dev", "tmpfs", NULL);
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) != 0)
		_exit(125);
}

/* EACCES, where no_proc gives ENOENT to root. */
static void unreadable_proc(void)
{
	no_proc();
	become_nobody();
}

static void hidden_proc(void)
{
	put_over("/proc", "proc", "hidepid=2");
	become_nobody();
}

/* The log is there, and space for a part of its next line. */
static void full_disk(void)
{
	static const char lines[4000];
	int fd;

	put_over("/mnt", "tmpfs", "size=4k");
	fd = open("/mnt/log", O_WRONLY | O_CREAT, 0600);
	if (write(fd, lines, sizeof(lines)) != sizeof(lines) || close(fd) != 0)
		_exit(125);
}

/* The one inode is that of the root. */
static void no_inodes(void)
{
	put_over("/mnt", "tmpfs", "nr_inodes=1");
}

static void closed(void)
{
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
}

static const struct {
	const char *name;
	void (*prepare)(void);
} surroundings[] = {
	{"as-small", as_small},
	{"as-smaller", as_smaller},
	{"no-descriptors", no_descriptors},
	{"no-processes", no_processes},
	{"small-stack", small_stack},
	{"no-locked-memory", no_locked_memory},
	{"small-file-size", no_file_size},
	{"no-proc", no_proc},
	{"unreadable-proc", unreadable_proc},
	{"hidden-proc", hidden_proc},
	{"no-dev", no_dev},
	{"full-disk", full_disk},
	{"no-inodes", no_inodes},
	{"closed-0-1-2", closed},
};

void (*surroundings_find(const char *name))(void)
{
	for (size_t i = 0; i < sizeof(surroundings) / sizeof(surroundings[0]); i++)
		if (strcmp(name, surroundings[i].name) == 0)
			return surroundings[i].prepare;
	errno = 0;
	die("%s: unknown surroundings", name);
}
