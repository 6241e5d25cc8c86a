/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/judge.h"

#include "ctl/imports.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char one_socket[] = "one socket for each address: see bindright(7)";

/* NULL if nothing is known. */
static const char *find_instead(enum obstacle obstacle)
{
	switch (obstacle) {
	case OBSTACLE_PRIVILEGES:
		return "have systemd, and not the file, give it the user and the capabilities that "
		       "it needs (User=, AmbientCapabilities=): see bindright(7)";
	case OBSTACLE_MACHINE:
	case OBSTACLE_LIBC:
		return "install or build the library for it: see bindright(7)";
	case OBSTACLE_GO:
	case OBSTACLE_PASCAL:
	case OBSTACLE_STATIC:
		return one_socket;
	case OBSTACLE_NONE:
		break;
	}
	return NULL;
}

const char *judge_answer(enum answer answer)
{
	switch (answer) {
	case ANSWER_YES:
		return "yes";
	case ANSWER_NO:
		return "no";
	case ANSWER_UNKNOWN:
		break;
	}
	return "unknown";
}

void judge_set(
	struct verdict *ret, enum answer answer, const char *instead, const char *format, ...)
{
	va_list args;

	ret->answer = answer;
	ret->instead = instead;
	va_start(args, format);
	vsnprintf(ret->reason, sizeof(ret->reason), format, args);
	va_end(args);
}

void judge_no(struct verdict *ret, enum obstacle obstacle, const char *format, ...)
{
	va_list args;

	ret->answer = ANSWER_NO;
	ret->obstacle = obstacle;
	ret->kernel_can = true;
	ret->instead = find_instead(obstacle);
	va_start(args, format);
	vsnprintf(ret->reason, sizeof(ret->reason), format, args);
	va_end(args);
}

void judge_warn(struct verdict *ret, const char *format, ...)
{
	va_list args;

	for (int i = 0; i < VERDICT_WARNINGS; i++) {
		if (ret->warnings[i][0] != '\0')
			continue;
		va_start(args, format);
		vsnprintf(ret->warnings[i], sizeof(ret->warnings[i]), format, args);
		va_end(args);
		return;
	}
}

void judge_imports(struct verdict *verdict)
{
	struct imports imports;

	if (verdict->answer != ANSWER_YES)
		return;
	imports_examine(verdict->path, &imports);
	if (imports.has_io_uring)
		judge_warn(verdict, "it can use io_uring, and what it receives or sends by that is "
				    "not reached: turn it off, if the program can");
	if (imports.is_complete && !imports.has_sockets && !imports.has_plugins)
		judge_warn(verdict, "neither it nor its libraries call the C library's socket "
				    "functions: it uses no sockets, or makes system calls itself");
}
