/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands for the kernel back end where configure did not find what it takes. */
#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/judge_kernel.h"
#include "kernel/covered.h"

#define WITHOUT "this program was built without the kernel back end (--with-kernel)"

int attach_main(int argc, char *argv[])
{
	(void)argc;
	(void)argv;
	say_and_fail(WITHOUT);
}

int detach_main(int argc, char *argv[])
{
	return attach_main(argc, argv);
}

bool attached_is_available(void)
{
	return false;
}

void attached_each(void (*each)(const struct attached *attached, void *data), void *data)
{
	(void)each;
	(void)data;
}

bool attached_find(uint64_t cgroup, struct attached *ret)
{
	(void)cgroup;
	(void)ret;
	return false;
}

void attached_read_counts(struct attached *attached)
{
	(void)attached;
}

void covered_find(struct covered_list *ret)
{
	*ret = (struct covered_list){.items = NULL};
}

int covered_read_socket(
	const struct covered_list *list, const struct covered_socket *socket, int fd)
{
	(void)list;
	(void)socket;
	(void)fd;
	return COVERED_UNKNOWN_SOCKET;
}

enum covered_replies covered_judge_replies(
	const struct covered_list *list, const struct covered_socket *socket, int known)
{
	(void)list;
	(void)socket;
	(void)known;
	return COVERED_NOT;
}

bool covered_may_share(
	const struct covered_list *list, const struct covered_socket *socket, unsigned int protocol)
{
	(void)list;
	(void)socket;
	(void)protocol;
	return false;
}

bool covered_has_process(const struct covered *covered, pid_t pid)
{
	(void)covered;
	(void)pid;
	return false;
}

const struct covered *covered_find_process(const struct covered_list *list, pid_t pid)
{
	(void)list;
	(void)pid;
	return NULL;
}

const struct covered *covered_find_unit(const struct covered_list *list, const char *unit)
{
	(void)list;
	(void)unit;
	return NULL;
}

void covered_format_target(pid_t pid, uint64_t cgroup, char ret[PATH_MAX])
{
	(void)pid;
	(void)cgroup;
	*ret = '\0';
}

void covered_format_socket_unit(uint64_t cgroup, char ret[NAME_MAX + 1])
{
	(void)cgroup;
	*ret = '\0';
}

bool judge_kernel(const struct unit *unit, const char *helper, struct settings *settings,
	bool is_first, struct error_line *ret)
{
	(void)unit;
	(void)helper;
	(void)settings;
	(void)is_first;
	return say_into(ret, WITHOUT);
}
