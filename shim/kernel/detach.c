/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ends what attach began. */
#include "ctl/document.h"
#include "ctl/print.h"
#include "ctl/say.h"
#include "ctl/tool.h"
#include "kernel/attached.h"
#include "kernel/cgroup.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char help[] =
	"Usage: bindrightctl detach UNIT|PID|CGROUP [OPTION]...\n"
	"\n"
	"End what bindrightctl attach, bindright --kernel or enable --kernel has attached to a\n"
	"control group. Its sockets are then as the kernel has them.\n"
	"\n"
	"  --json       write a JSON document\n"
	"  -q, --quiet  write nothing but errors\n"
	"  -h, --help   print this help\n";

enum { END_LIMIT_MS = 10000 };

/* Ends the process, and waits until it has gone: what it had attached has, too, then. */
static void end(pid_t pid)
{
	struct pollfd gone = {(int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0};

	if (gone.fd < 0 && errno == ESRCH)
		return;
	if (gone.fd < 0 || syscall(SYS_pidfd_send_signal, gone.fd, SIGTERM, NULL, 0) != 0)
		say_and_fail("cannot end process %d: %s", (int)pid, strerror(errno));
	if (poll(&gone, 1, END_LIMIT_MS) != 1)
		say_and_fail("process %d does not end", (int)pid);
	close(gone.fd);
}

static void print_detached(const struct tool *tool, const struct cgroup *group, bool was_attached)
{
	struct doc *document;

	if (tool->is_json) {
		document = doc_object();
		doc_set_number(document, "version", 1);
		doc_set_text(document, "control_group", group->path);
		doc_set_bool(document, "was_attached", was_attached);
		doc_print(document);
		return;
	}
	fputs(was_attached ? "detached from " : "nothing is attached to ", stdout);
	print_printable(group->path);
	putchar('\n');
}

int detach_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, {0}};
	struct tool tool = {.is_json = false};
	struct attached attached;
	struct cgroup group;
	struct error_line error;
	bool was_attached;
	pid_t unseen;

	tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &tool);
	tool_check_arguments(argc, argv, 1, 1, "UNIT, PID or CGROUP");
	if (!cgroup_find(argv[optind], &group, &error))
		say_and_fail("%s", error.text);
	was_attached = attached_find(group.id, &attached);
	if (was_attached)
		end(attached.pid);
	else if ((unseen = attached_find_unseen()) != 0)
		say_and_fail("no right to see what process %d has attached", (int)unseen);
	print_detached(&tool, &group, was_attached);
	return TOOL_YES;
}
