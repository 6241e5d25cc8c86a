/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints by stdio; print.h describes when and what. */
#include "ctl/print.h"

#include "ctl/say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void print_begin(const char *option)
{
	const bool is_output = say_is_connection(STDOUT_FILENO);

	if (is_output || say_is_connection(STDERR_FILENO))
		say_and_fail("option '%s' prints nothing: standard %s is a network connection",
			option, is_output ? "output" : "error");
}

void print_end(const char *option)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		say_and_fail("option '%s': cannot write to standard output: %s", option,
			strerror(errno));
	exit(0);
}

/* Values and paths may contain control characters, but each must stay on its line. */
void print_printable(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < ' ' || *text == '\177' ? '?' : *text);
}

static void print_settings(const struct assignments *assignments)
{
	const char *name;

	for (unsigned int i = 0; (name = settings_name(i)) != NULL; i++) {
		const struct assignment *setting = assignments_find(assignments, name);
		const char *initial = settings_default(i);

		printf("%s: ", name);
		if (setting != NULL)
			print_printable(setting->value);
		else
			print_printable(initial != NULL ? initial : "not set");
		fputs(" (", stdout);
		print_printable(setting != NULL ? setting->where : "default");
		puts(")");
	}
}

static void print_preload(const struct plan *plan)
{
	const char *list = getenv("LD_PRELOAD");

	fputs("LD_PRELOAD: ", stdout);
	print_printable(list != NULL ? list : "not set");
	if (plan->is_left_out)
		printf(" (the library is left out: %s)", plan->verdict->reason);
	putchar('\n');
}

static void print_command(const char *path)
{
	char directory[PATH_MAX];

	fputs("command: ", stdout);
	if (*path != '/' && getcwd(directory, sizeof(directory)) != NULL) {
		print_printable(strcmp(directory, "/") != 0 ? directory : "");
		putchar('/');
		while (strncmp(path, "./", 2) == 0)
			path += 2 + strspn(path + 2, "/");
	}
	print_printable(path);
	putchar('\n');
}

/* A script runs under its interpreter's name (program_invocation_name(3)). */
static const char *find_program_name(const struct plan *plan)
{
	const bool is_script = strcmp(plan->path, plan->verdict->path) != 0;
	const char *path = is_script ? plan->verdict->path : plan->command;
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void print_acts(const struct plan *plan)
{
	const char *name = find_program_name(plan);
	const enum answer answer = plan->verdict->answer;

	fputs("acts: ", stdout);
	if (answer != ANSWER_NO && !settings_act_in(plan->settings, name)) {
		fputs("no: '", stdout);
		print_printable(name);
		puts("': BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP leaves it out");
		return;
	}
	fputs(judge_answer(answer), stdout);
	if (answer != ANSWER_YES) {
		fputs(": '", stdout);
		print_printable(plan->verdict->path);
		fputs("': ", stdout);
		print_printable(plan->verdict->reason);
	}
	putchar('\n');
}

void print_plan(const struct plan *plan)
{
	print_settings(plan->assignments);
	print_preload(plan);
	print_command(plan->path);
	if (plan->verdict != NULL)
		print_acts(plan);
	else
		printf("acts: %s\n",
			plan->settings->is_on ? "yes, by the kernel" : "no: BINDRIGHT=off");
}
