/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/say.h"
#include "ctl/tool.h"

static const char help[] = "Usage: bindrightctl audit [OPTION]...\n";

int audit_main(int argc, char *argv[])
{
	static const struct option options[] = {TOOL_LONG_OPTIONS, {0}};
	struct tool tool = {0};

	while (tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &tool) != -1)
		;
	say_and_fail("audit is not there yet");
}
