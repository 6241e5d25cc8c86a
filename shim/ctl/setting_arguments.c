/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/setting_arguments.h"

#include "ctl/list.h"
#include "ctl/say.h"
#include "ctl/tool.h"

#include <stdlib.h>
#include <string.h>

static void report_bad(const struct assignment *bad, const char *text)
{
	(void)bad;
	say_error("%s", text);
}

static void take(const char *argument, struct assignments *ret)
{
	const char *equals = strchr(argument, '=');
	char *name;

	if (equals == NULL || !assignments_is_setting(argument, (size_t)(equals - argument)))
		say_and_fail("'%s' is not a setting (allowed: BINDRIGHT_NAME=value)", argument);
	name = or_fail(strndup(argument, (size_t)(equals - argument)));
	assignments_take(ret, "argument", name, equals + 1);
	free(name);
}

void setting_arguments_take(
	char *const arguments[], struct assignments *ret, struct settings *ret_settings)
{
	for (; *arguments != NULL; arguments++)
		take(*arguments, ret);
	if (assignments_judge(ret, ret_settings, report_bad) != 0)
		exit(TOOL_TROUBLE);
}
