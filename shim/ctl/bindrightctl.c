/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bindrightctl(8): finds the two faults on a host, cures one service, shows the cure, and takes it
 * out again. Each subcommand has files of its own. */
#include "ctl/say.h"
#include "ctl/tool.h"

#include <stdio.h>
#include <string.h>

static const struct subcommand {
	const char *name;
	int (*main)(int argc, char *argv[]);
	const char *does;
} subcommands[] = {
	{"check", check_main, "say whether the library can act in a program, unit or process"},
	{"audit", audit_main, "find listeners and UDP servers that have one of the faults"},
	{"status", status_main, "show the processes that run with the library"},
	{"enable", enable_main, "have a systemd unit run with the library"},
	{"disable", disable_main, "undo enable"},
	{"attach", attach_main, "cure a service that runs, by the kernel"},
	{"detach", detach_main, "undo attach"},
};

enum { COUNT = sizeof(subcommands) / sizeof(subcommands[0]) };

static int print_help(void)
{
	puts("Usage: bindrightctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n"
	     "\n"
	     "Find, cure, show and undo what bindright(7) cures.\n");
	for (int i = 0; i < COUNT; i++)
		printf("  %-8s %s\n", subcommands[i].name, subcommands[i].does);
	puts("\n"
	     "'bindrightctl SUBCOMMAND --help' says more. Each takes --json, and -q for its exit\n"
	     "status alone. Exit status: 0 nothing to do, or yes; 1 findings, or no; 2 trouble.\n"
	     "See bindrightctl(8).");
	return tool_end(TOOL_YES);
}

static const struct subcommand *find(const char *name)
{
	for (int i = 0; i < COUNT; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

_Noreturn static void refuse(const char *name)
{
	char allowed[128];
	size_t len = 0;

	for (int i = 0; i < COUNT; i++)
		len += (size_t)snprintf(allowed + len, sizeof(allowed) - len, "%s%s",
			i > 0 ? ", " : "", subcommands[i].name);
	if (name == NULL)
		say_and_fail("subcommand missing (allowed: %s)", allowed);
	say_and_fail("unknown subcommand '%s' (allowed: %s)", name, allowed);
}

int main(int argc, char *argv[])
{
	const struct subcommand *subcommand;
	char name[64];

	say_set_tool("bindrightctl", TOOL_TROUBLE);
	tool_leave_preload(argv);
	if (argc < 2)
		refuse(NULL);
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
		return print_help();
	if (strcmp(argv[1], "--version") == 0) {
		puts("bindrightctl " PACKAGE_VERSION);
		return tool_end(TOOL_YES);
	}
	subcommand = find(argv[1]);
	if (subcommand == NULL)
		refuse(argv[1]);
	snprintf(name, sizeof(name), "bindrightctl %s", subcommand->name);
	argv[1] = name;
	return tool_end(subcommand->main(argc - 1, argv + 1));
}
