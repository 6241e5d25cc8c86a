/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bindrightctl check: says of programs, units and processes whether the library can act in them. */
#include "ctl/check_process.h"
#include "ctl/checked.h"
#include "ctl/confine.h"
#include "ctl/document.h"
#include "ctl/judge.h"
#include "ctl/print.h"
#include "ctl/reach.h"
#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/judge_unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_USER = TOOL_FIRST_OWN };

static const char help[] =
	"Usage: bindrightctl check [--user NAME] [OPTION]... PROGRAM|UNIT|PID...\n"
	"\n"
	"Say whether the library can act in each, why not, and what to do instead; and whether\n"
	"the kernel back end is attached to it.\n"
	"\n"
	"  --user NAME  the user that starts the program; else who you are, or the unit's user\n"
	"  --json       print a JSON document\n"
	"  -q, --quiet  print nothing: the exit status tells\n"
	"  -h, --help   print this help\n"
	"\n"
	"A number is a process. What has a '/' is a program. What ends in '.service' is a unit. Any\n"
	"other name is a program if PATH or an sbin directory has it, else a unit.\n"
	"Exit status: 0 all yes; 1 a no; 2 one could not be judged.\n";

/* Searches the directories of a list as PATH is one. */
static bool search(const char *directories, const char *name, char ret[PATH_MAX])
{
	struct stat file;

	for (const char *at = directories; *at != '\0'; at += *at == ':') {
		const int len = (int)strcspn(at, ":");
		const int path_len = snprintf(
			ret, PATH_MAX, "%.*s/%s", len > 0 ? len : 1, len > 0 ? at : ".", name);

		at += len;
		if (path_len < PATH_MAX && stat(ret, &file) == 0 && S_ISREG(file.st_mode) &&
			(file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0)
			return true;
	}
	return false;
}

/* Daemons are in directories that are not in the PATH of all users. */
static bool find_program(const char *name, char ret[PATH_MAX])
{
	const char *path = getenv("PATH");

	return (path != NULL && search(path, name, ret)) ||
	       search("/usr/local/sbin:/usr/sbin:/sbin", name, ret);
}

static bool is_unit(const char *text)
{
	static const char suffix[] = ".service";
	const size_t len = strlen(text), suffix_len = sizeof(suffix) - 1;

	return len > suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

static bool is_shell(const char *interpreter)
{
	static const char *const names[] = {"sh", "bash", "dash", "ksh", "zsh", "env", NULL};
	const char *slash = strrchr(interpreter, '/');

	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(slash != NULL ? slash + 1 : interpreter, names[i]) == 0)
			return true;
	return false;
}

/* The verdict is about the interpreter of a script. */
static void tell_interpreter(struct verdict *verdict)
{
	char reason[sizeof(verdict->reason)];

	if (verdict->answer == ANSWER_YES && is_shell(verdict->path))
		judge_warn(verdict, "it is a script for %s: check the programs that it starts, too",
			verdict->path);
	if (verdict->answer != ANSWER_NO)
		return;
	strcpy(reason, verdict->reason);
	judge_set(verdict, ANSWER_NO, verdict->instead, "its interpreter %s: %s", verdict->path,
		reason);
}

static void check_program(const char *path, const struct user *user, struct verdict *ret)
{
	struct library library;
	struct stat file;

	if (strlen(path) >= PATH_MAX || stat(path, &file) != 0) {
		judge_set(ret, ANSWER_UNKNOWN, NULL, "%s",
			strerror(strlen(path) >= PATH_MAX ? ENAMETOOLONG : errno));
		return;
	}
	if (!S_ISREG(file.st_mode)) {
		judge_set(ret, ANSWER_UNKNOWN, NULL, "it is not a regular file");
		return;
	}
	library_set(LIBRARY_PATH, LIBRARY_PATH, &library);
	reach_judge(path, user, &library, ret);
	if (strcmp(ret->path, path) != 0)
		tell_interpreter(ret);
	judge_imports(ret);
	confine_warn(ret, path, &library);
}

static void check_number(
	const char *argument, pid_t pid, const struct covered_list *covered, struct checked *ret)
{
	ret->by_kernel = "bindrightctl attach";
	ret->subject = argument;
	if (pid == 0) {
		judge_set(&ret->verdict, ANSWER_UNKNOWN, NULL, "not a process ID");
		return;
	}
	check_process(pid, &ret->verdict, ret->name, sizeof(ret->name));
	checked_tell_attached(ret, covered_find_process(covered, pid));
}

/* Judges one argument. */
static void check(const char *argument, const struct user *user, const struct covered_list *covered,
	struct checked *ret)
{
	char program[PATH_MAX];
	pid_t pid;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "%s", argument);
	ret->by_kernel = "bindright --kernel";
	ret->subject = ret->name;
	if (process_parse_pid(argument, &pid)) {
		check_number(argument, pid, covered, ret);
	} else if (strchr(argument, '/') != NULL) {
		check_program(argument, user, &ret->verdict);
	} else if (!is_unit(argument) && find_program(argument, program)) {
		strcpy(ret->name, program);
		check_program(program, user, &ret->verdict);
	} else {
		ret->by_kernel = "bindrightctl enable --kernel";
		check_unit(argument, user, &ret->verdict);
		checked_tell_attached(ret, covered_find_unit(covered, argument));
	}
}

static void print_line(const char *label, const char *text)
{
	printf("    %s: ", label);
	print_printable(text);
	putchar('\n');
}

static void print_text(const struct checked *checked)
{
	const struct verdict *verdict = &checked->verdict;
	char instead[CHECKED_INSTEAD];

	print_printable(checked->name);
	printf(": %s", judge_answer(verdict->answer));
	if (*verdict->reason != '\0') {
		fputs(": ", stdout);
		print_printable(verdict->reason);
	}
	putchar('\n');
	if (*checked_format_instead(checked, instead) != '\0')
		print_line("instead", instead);
	for (int i = 0; i < VERDICT_WARNINGS && verdict->warnings[i][0] != '\0'; i++)
		print_line("warning", verdict->warnings[i]);
}

static struct doc *describe(const struct checked *checked)
{
	const struct verdict *verdict = &checked->verdict;
	char instead[CHECKED_INSTEAD];
	struct doc *entry = doc_object(), *warnings = doc_array();

	doc_set_text(entry, "name", checked->name);
	doc_set_text(entry, "verdict", judge_answer(verdict->answer));
	doc_set_text(entry, "reason", verdict->reason);
	doc_set_text(entry, "instead", checked_format_instead(checked, instead));
	if (checked->attached_by != 0)
		doc_set_number(entry, "attached_by", (uint64_t)checked->attached_by);
	for (int i = 0; i < VERDICT_WARNINGS && verdict->warnings[i][0] != '\0'; i++)
		doc_append_text(warnings, verdict->warnings[i]);
	doc_set(entry, "warnings", warnings);
	return entry;
}

static int status_of(enum answer answer)
{
	return answer == ANSWER_YES ? TOOL_YES : answer == ANSWER_NO ? TOOL_FINDINGS : TOOL_TROUBLE;
}

static int check_all(char *arguments[], const struct user *user, struct doc *entries)
{
	int status = TOOL_YES;
	struct covered_list covered;

	covered_find(&covered);
	for (; *arguments != NULL; arguments++) {
		struct checked checked;

		check(*arguments, user, &covered, &checked);
		if (entries != NULL)
			doc_append(entries, describe(&checked));
		else
			print_text(&checked);
		if (status_of(checked.verdict.answer) > status)
			status = status_of(checked.verdict.answer);
	}
	return status;
}

int check_main(int argc, char *argv[])
{
	static const struct option options[] = {
		{"user", required_argument, NULL, OPTION_USER}, TOOL_LONG_OPTIONS, {0}};
	struct tool tool = {0};
	struct user user;
	bool has_user = false;
	struct doc *document = NULL, *entries = NULL;
	int status;

	while (tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &tool) != -1) {
		has_user = user_find(optarg, &user);
		if (!has_user)
			say_and_fail("option '--user': there is no user '%s'", optarg);
	}
	tool_check_arguments(argc, argv, 1, argc, "PROGRAM, UNIT or PID");
	for (int i = optind; i < argc; i++)
		if (*argv[i] == '\0')
			say_and_fail("'' is no PROGRAM, UNIT or PID");
	if (tool.is_json) {
		document = doc_object();
		entries = doc_array();
		doc_set_number(document, "version", 1);
	}
	status = check_all(argv + optind, has_user ? &user : NULL, entries);
	if (tool.is_json) {
		doc_set(document, "checks", entries);
		doc_print(document);
	}
	return status;
}
