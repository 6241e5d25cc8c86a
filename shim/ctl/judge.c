/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char one_socket[] = "one socket for each address: see bindright(7)";

static const char *find_instead(enum obstacle obstacle)
{
	switch (obstacle) {
	case OBSTACLE_PRIVILEGES:
		return "take the privileges off the file and let systemd give them "
		       "(User=, AmbientCapabilities=): see bindright(7)";
	case OBSTACLE_MACHINE:
	case OBSTACLE_LIBC:
		return "build the library for it: see bindright(7)";
	case OBSTACLE_GO:
	case OBSTACLE_STATIC:
		return one_socket;
	case OBSTACLE_NONE:
		break;
	}
	return NULL;
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

void judge_program(const char *path, const struct user *user, struct verdict *ret)
{
	struct reach reach;

	(void)user;
	memset(ret, 0, sizeof(*ret));
	reach_judge(path, &reach);
	strcpy(ret->path, reach.path);
	ret->obstacle = reach.obstacle;
	if (reach.obstacle != OBSTACLE_NONE)
		judge_set(ret, ANSWER_NO, find_instead(reach.obstacle), "%s",
			reach_explain(reach.obstacle));
	else if (!reach.is_known)
		judge_set(ret, ANSWER_UNKNOWN, NULL, "it cannot be read, or is not a program");
}
