/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/check_process.h"

#include "ctl/confine.h"
#include "ctl/process.h"
#include "ctl/process_preload.h"
#include "ctl/reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char file_name[] = "libbindright.so";

/* What /proc tells about a process. */
struct facts {
	struct library library; /* the installed one */
	bool has_library;	/* mapped */
	char *environment;	/* strings with a NUL after each, and a second one after the last */
	const char *preload;	/* the value of LD_PRELOAD there, or NULL */
	bool has_auxv;		/* not if the process has another word size */
	struct auxv auxv;
};

static const char *find_preload(const char *environment)
{
	static const char name[] = "LD_PRELOAD=";

	for (const char *at = environment; *at != '\0'; at += strlen(at) + 1)
		if (strncmp(at, name, sizeof(name) - 1) == 0)
			return at + sizeof(name) - 1;
	return NULL;
}

/* Says what cannot be read. Always returns false. */
static bool lack(
	struct verdict *verdict, const struct process *process, const char *file, long error)
{
	if (-error == ESRCH || -error == ENOENT)
		judge_set(verdict, ANSWER_UNKNOWN, NULL, "it has just ended");
	else
		judge_set(verdict, ANSWER_UNKNOWN, NULL, "/proc/%d/%s cannot be read: %s%s",
			(int)process->pid, file, strerror((int)-error),
			geteuid() != 0 ? "; ask as root" : "");
	return false;
}

/* Returns false if the process cannot be judged. Whoever may read maps may read the others too. */
static bool read_facts(const struct process *process, struct facts *ret, struct verdict *verdict)
{
	char *text;
	long len = process_has_library(process);

	if (len < 0)
		return lack(verdict, process, "maps", len);
	ret->has_library = len > 0;
	len = process_read(process, "auxv", &text);
	if (len < 0)
		return lack(verdict, process, "auxv", len);
	ret->has_auxv = process_parse_auxv(text, (size_t)len, &ret->auxv);
	free(text);
	len = process_read(process, "environ", &ret->environment);
	if (len < 0)
		return lack(verdict, process, "environ", len);
	ret->preload = find_preload(ret->environment);
	return true;
}

/* The program, as the user that started it: the vector has the ids of that moment. */
static void judge_exe(
	const struct process *process, const struct facts *facts, struct verdict *verdict)
{
	char exe[64];
	struct user user;

	process_path(process, "exe", exe, sizeof(exe));
	user_of_ids(facts->auxv.user.uid, facts->auxv.user.gid, &user);
	user.euid = facts->auxv.user.euid;
	user.egid = facts->auxv.user.egid;
	/* A vector of another word size has told nothing; the machine is the obstacle then. */
	reach_judge(exe, &user, &facts->library, verdict);
}

/* What the kernel has told the program overrules what its file tells: this may have changed since,
 * or be on a file system that is nosuid for the process. */
static void judge_secure(
	const struct process *process, const struct facts *facts, struct verdict *verdict)
{
	char *label = NULL;
	bool has_domain;

	if (!facts->has_auxv)
		return;
	if (!facts->auxv.is_secure && verdict->obstacle == OBSTACLE_PRIVILEGES) {
		verdict->obstacle = OBSTACLE_NONE;
		judge_set(verdict, ANSWER_YES, NULL, "%s", "");
	}
	if (!facts->auxv.is_secure || verdict->answer != ANSWER_YES)
		return;
	has_domain =
		process_read(process, "attr/current", &label) > 0 && strchr(label, ':') != NULL;
	judge_no(verdict, OBSTACLE_PRIVILEGES,
		"the kernel started it in secure mode (AT_SECURE)%s, and the loader ignores the "
		"library",
		has_domain ? ", perhaps for a change of its SELinux domain" : "");
	free(label);
}

/* The library is mapped. In Go's programs that use C too, this does not help. */
static void judge_loaded(struct verdict *verdict)
{
	char reason[sizeof(verdict->reason)];

	if (verdict->obstacle != OBSTACLE_GO && verdict->obstacle != OBSTACLE_PASCAL) {
		verdict->obstacle = OBSTACLE_NONE;
		judge_set(verdict, ANSWER_YES, NULL, "the library is in it");
		return;
	}
	strcpy(reason, verdict->reason);
	judge_set(
		verdict, ANSWER_NO, verdict->instead, "the library is in it, but it is %s", reason);
}

static void judge_not_loaded(
	const struct process *process, const struct facts *facts, struct verdict *verdict)
{
	char reason[sizeof(verdict->reason)], exe[64];

	if (facts->preload == NULL || !preload_has(facts->preload, file_name)) {
		if (verdict->answer != ANSWER_YES)
			return;
		judge_set(
			verdict, ANSWER_YES, NULL, "the library is not in it, but could act there");
		judge_imports(verdict);
		process_path(process, "exe", exe, sizeof(exe));
		confine_warn(verdict, exe, &facts->library);
		return;
	}
	if (verdict->answer == ANSWER_YES)
		preload_explain(process, facts->preload, file_name, verdict);
	verdict->kernel_can = true;
	strcpy(reason, verdict->reason);
	judge_set(verdict, ANSWER_NO, verdict->instead,
		"LD_PRELOAD names the library, but it is not loaded: %s", reason);
}

static void judge(const struct process *process, struct verdict *ret)
{
	struct facts facts = {0};

	library_set(LIBRARY_PATH, LIBRARY_PATH, &facts.library);
	if (!read_facts(process, &facts, ret))
		return;
	judge_exe(process, &facts, ret);
	judge_secure(process, &facts, ret);
	if (facts.has_library)
		judge_loaded(ret);
	else
		judge_not_loaded(process, &facts, ret);
	free(facts.environment);
}

void check_process(pid_t pid, struct verdict *ret, char *ret_name, size_t size)
{
	struct process process;

	process_open(pid, &process);
	if (process.error != 0)
		judge_set(ret, ANSWER_UNKNOWN, NULL, "/proc cannot be read: %s",
			strerror(process.error));
	else if (process.state == PROCESS_GONE)
		judge_set(ret, ANSWER_UNKNOWN, NULL, "there is no such process");
	else
		snprintf(ret_name, size, "%s", process.name);
	if (process.state == PROCESS_ZOMBIE)
		judge_set(ret, ANSWER_UNKNOWN, NULL,
			"it has ended; its parent has not waited for it");
	if (process.state == PROCESS_KERNEL)
		judge_set(ret, ANSWER_NO, NULL, "a thread of the kernel, which runs no program");
	if (process.state == PROCESS_RUNS)
		judge(&process, ret);
	process_close(&process);
}

enum obstacle check_process_obstacle(const struct process *process)
{
	struct verdict verdict = {0};
	struct facts facts = {0};
	char *text;
	const long len = process_read(process, "auxv", &text);

	if (len < 0)
		return OBSTACLE_NONE;
	library_set(LIBRARY_PATH, LIBRARY_PATH, &facts.library);
	facts.has_auxv = process_parse_auxv(text, (size_t)len, &facts.auxv);
	free(text);
	judge_exe(process, &facts, &verdict);
	judge_secure(process, &facts, &verdict);
	return verdict.obstacle;
}
