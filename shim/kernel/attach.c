/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cures a service that runs, by the kernel: this process is what the cure ends with. */
#include "ctl/document.h"
#include "ctl/print.h"
#include "ctl/process.h"
#include "ctl/say.h"
#include "ctl/setting_arguments.h"
#include "ctl/tool.h"
#include "kernel/attached.h"
#include "kernel/cgroup.h"
#include "kernel/helper.h"
#include "kernel/settings_check.h"
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char help[] =
	"Usage: bindrightctl attach UNIT|PID|CGROUP [BINDRIGHT_NAME=value]... [OPTION]...\n"
	"\n"
	"Cure the sockets of a control group by the kernel: of a systemd unit that runs, of the\n"
	"group that a process is in, or of the group with this directory. Ends with a signal, or\n"
	"when the group goes.\n"
	"\n"
	"  --detach     go to the background once attached; detach ends it\n"
	"  --move       give process PID a control group of its own, and attach to that\n"
	"  --json       write a JSON document\n"
	"  -q, --quiet  write nothing but errors\n"
	"  -h, --help   print this help\n";

struct attach {
	struct tool tool;
	bool goes_to_background, moves;
	const char *asked;
	struct settings settings;
	struct helper helper;
};

enum { ATTACH_DETACH = TOOL_FIRST_OWN, ATTACH_MOVE };

static void take_options(int argc, char *argv[], struct attach *ret)
{
	static const struct option options[] = {TOOL_LONG_OPTIONS,
		{"detach", no_argument, NULL, ATTACH_DETACH},
		{"move", no_argument, NULL, ATTACH_MOVE}, {0}};
	struct assignments assignments = {0};
	struct error_line error;
	int option;

	while ((option = tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &ret->tool)) !=
		-1) {
		ret->goes_to_background |= option == ATTACH_DETACH;
		ret->moves |= option == ATTACH_MOVE;
	}
	tool_check_arguments(argc, argv, 1, argc, "UNIT, PID or CGROUP");
	ret->asked = argv[optind];
	setting_arguments_take(argv + optind + 1, &assignments, &ret->settings);
	if (!settings_check(&ret->settings, &error))
		say_and_fail("%s", error.text);
}

static void find_group(struct attach *attach)
{
	struct error_line error;
	pid_t pid;

	if (!attach->moves) {
		if (!cgroup_find(attach->asked, &attach->helper.group, &error))
			say_and_fail("%s", error.text);
		return;
	}
	if (!process_parse_pid(attach->asked, &pid) || pid <= 0)
		say_and_fail("option '--move': '%s' is no process (allowed: PID)", attach->asked);
	attach->helper.is_own = true;
	if (!cgroup_make(pid, &attach->helper.group, &error))
		say_and_fail("%s", error.text);
	attach->helper.group.pid = pid;
}

_Noreturn static void fail(const struct attach *attach, const struct error_line *error)
{
	if (attach->helper.is_own)
		cgroup_remove(&attach->helper.group);
	say_and_fail("%s", error->text);
}

static void refuse_twice(const struct attach *attach)
{
	struct attached attached;
	struct error_line error;

	if (!attached_find(attach->helper.group.id, &attached))
		return;
	say_into(&error, "already attached to '%s', by process %d", attach->helper.group.path,
		(int)attached.pid);
	fail(attach, &error);
}

struct members {
	pid_t first;
	uint64_t netns;
	unsigned int count, elsewhere;
};

/* One that has ended is in no namespace; one whose namespace may not be seen is taken if there is
 * no other. */
static void find_first(pid_t pid, void *data)
{
	struct members *members = data;

	if (members->first == 0 || (process_netns(members->first) == 0 && process_netns(pid) != 0))
		members->first = pid;
}

static void count_member(pid_t pid, void *data)
{
	struct members *members = data;
	const uint64_t netns = process_netns(pid);

	members->count++;
	members->elsewhere += netns != 0 && netns != members->netns;
}

static void enter_netns(const struct attach *attach, pid_t pid)
{
	char path[64];
	struct error_line error;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0) {
		say_into(&error, "cannot enter the network namespace of process %d: %s", (int)pid,
			strerror(errno));
		fail(attach, &error);
	}
	close(fd);
}

/* The addresses are those of one network namespace: of the process that was named, or of the first
 * one in the group. */
static void choose_netns(const struct attach *attach)
{
	const struct cgroup *group = &attach->helper.group;
	struct members members = {.first = group->pid};

	if (members.first == 0)
		cgroup_each_process(group, find_first, &members);
	members.netns = process_netns(members.first != 0 ? members.first : getpid());
	if (members.netns == 0)
		say_warning("no right to see the network namespace of process %d: if it is another "
			    "than this one, its replies are not cured",
			(int)members.first);
	else if (members.netns != process_netns(getpid()))
		enter_netns(attach, members.first);
}

/* Who else is cured, or is not, of which the user may not think. */
static void warn_of_members(const struct attach *attach)
{
	const struct cgroup *group = &attach->helper.group;
	struct members members = {.netns = process_netns(getpid())};

	if (attach->helper.is_own)
		return;
	cgroup_each_process(group, count_member, &members);
	if (members.count == 0)
		say_warning("no process is in '%s' yet: only those of this network namespace will "
			    "be cured",
			group->path);
	if (group->pid != 0 && members.count > 1)
		say_warning("process %d shares its control group '%s' with %u others, which are "
			    "cured, too",
			(int)group->pid, group->path, members.count - 1);
	if (members.elsewhere > 0)
		say_warning("%u of the %u processes are in other network namespaces, and are not "
			    "cured",
			members.elsewhere, members.count);
}

static void print_attached(const struct attach *attach)
{
	struct doc *document;

	if (attach->tool.is_json) {
		document = doc_object();
		doc_set_number(document, "version", 1);
		doc_set_text(document, "control_group", attach->helper.group.path);
		doc_set_number(document, "pid", (uint64_t)getpid());
		doc_print(document);
	} else {
		fputs("attached to ", stdout);
		print_printable(attach->helper.group.path);
		putchar('\n');
	}
	if (tool_end(TOOL_YES) != TOOL_YES)
		exit(TOOL_TROUBLE);
}

/* From the background there is no standard error; what is worth a line goes to syslog. */
static void leave_terminal(struct attach *attach)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || chdir("/") != 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		exit(TOOL_TROUBLE);
	if (null > STDERR_FILENO)
		close(null);
	if (attach->settings.log.sink == LOG_SINK_STDERR)
		attach->settings.log.sink = LOG_SINK_SYSLOG;
}

static void start(struct attach *attach)
{
	struct error_line error;

	if (!helper_start(&attach->helper, &attach->settings, &error) ||
		(attach->helper.is_own &&
			!cgroup_move(&attach->helper.group, attach->helper.group.pid, &error)))
		fail(attach, &error);
	print_attached(attach);
}

/* Where one of the three is closed, what this process opens would be in its place, and be closed or
 * written to for it. */
static void keep_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The parent ends with the child's status if that fails, else as soon as it is attached. */
static void go_to_background(void)
{
	int ends[2], status;
	char byte;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0)
		say_and_fail("cannot go to the background: %s", strerror(errno));
	if (child != 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 1)
			_exit(TOOL_YES);
		_exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status)
									       : TOOL_TROUBLE);
	}
	/* The pipe alone stays, of what this process has inherited. */
	if (dup2(ends[1], STDERR_FILENO + 1) < 0)
		exit(TOOL_TROUBLE);
	syscall(SYS_close_range, STDERR_FILENO + 2, ~0U, 0);
}

int attach_main(int argc, char *argv[])
{
	struct attach attach = {.goes_to_background = false};

	keep_standard_descriptors();
	take_options(argc, argv, &attach);
	if (attach.goes_to_background)
		go_to_background();
	find_group(&attach);
	refuse_twice(&attach);
	choose_netns(&attach);
	start(&attach);
	warn_of_members(&attach);
	if (attach.goes_to_background) {
		leave_terminal(&attach);
		if (write(STDERR_FILENO + 1, "", 1) != 1)
			exit(TOOL_TROUBLE);
		close(STDERR_FILENO + 1);
	}
	prctl(PR_SET_NAME, ATTACHED_NAME);
	log_configure(&attach.settings.log);
	log_line(LOG_LEVEL_INFO, "attached to '%s'", attach.helper.group.path);
	helper_run(&attach.helper);
	log_line(LOG_LEVEL_INFO, "detached from '%s'", attach.helper.group.path);
	return TOOL_YES;
}
