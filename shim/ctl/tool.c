/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/tool.h"

#include "ctl/document.h"
#include "ctl/say.h"
#include "libc/preload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lists the long options, such as "--json, --quiet". */
static void list_options(const struct option *options, char *ret, size_t size)
{
	size_t len = 0;

	*ret = '\0';
	for (; options->name != NULL && len < size; options++)
		len += (size_t)snprintf(
			ret + len, size - len, "%s--%s", len > 0 ? ", " : "", options->name);
}

/* Names the option as it was typed; getopt leaves optopt 0 for an unknown long one, and for an
 * option of several letters only the letter. */
_Noreturn static void refuse(char *argv[], int what, const struct option *options)
{
	char allowed[512], letter[3] = {'-', (char)optopt, '\0'};
	const char *typed = argv[optind - 1];

	if (typed[0] != '-' || (typed[1] != '-' && optopt > ' ' && optopt < TOOL_JSON))
		typed = letter;
	list_options(options, allowed, sizeof(allowed));
	if (what == ':')
		say_and_fail("option '%s' needs a value", typed);
	if (optopt != 0 && strchr(typed, '=') != NULL)
		say_and_fail("option '%.*s' takes no value", (int)strcspn(typed, "="), typed);
	say_and_fail("unknown option '%s' (allowed: %s)", typed, allowed);
}

static void be_quiet(struct tool *tool)
{
	tool->is_quiet = true;
	if (freopen("/dev/null", "w", stdout) == NULL)
		say_and_fail("option '-q': cannot open /dev/null: %s", strerror(errno));
}

int tool_next(int argc, char *argv[], const char *short_options, const struct option *options,
	const char *help, struct tool *tool)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, short_options, options, NULL)) != -1) {
		switch (option) {
		case TOOL_JSON:
			if (!doc_is_available())
				say_and_fail(
					"option '--json': this program was built without jansson");
			tool->is_json = true;
			break;
		case 'q':
			be_quiet(tool);
			break;
		case 'h':
			fputs(help, stdout);
			exit(tool_end(TOOL_YES));
		case '?':
		case ':':
			refuse(argv, option, options);
		default:
			return option;
		}
	}
	return -1;
}

void tool_check_arguments(int argc, char *argv[], int min, int max, const char *what)
{
	if (argc - optind < min)
		say_and_fail("%s missing; try '%s --help'", what, argv[0]);
	if (argc - optind > max)
		say_and_fail(
			"unexpected argument '%s'; try '%s --help'", argv[optind + max], argv[0]);
}

int tool_end(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	say_error("cannot write to standard output: %s", strerror(errno));
	return TOOL_TROUBLE;
}

/* If this cannot be done, going on is better than to fail: most answers are right all the same. */
void tool_leave_preload(char *argv[])
{
	char *list = getenv("LD_PRELOAD");
	size_t len;

	if (list == NULL)
		return;
	len = strlen(list);
	preload_remove(list, "libbindright.so");
	if (strlen(list) == len)
		return;
	if (*list == '\0')
		unsetenv("LD_PRELOAD");
	execv("/proc/self/exe", argv);
}
