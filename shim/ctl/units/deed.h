/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What enable and disable have in common: their options, and how a change takes effect. */
#ifndef CTL_UNITS_DEED_H
#define CTL_UNITS_DEED_H

#include "ctl/say.h"
#include "ctl/tool.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/unit.h"

struct deed {
	struct tool tool;
	bool is_now, is_by_kernel;
	const char *root;    /* of --root, or NULL */
	const char *library; /* of --library, or NULL */
	int lock;	     /* a descriptor, or -1 */
};

enum { DEED_NOW = TOOL_FIRST_OWN, DEED_ROOT, DEED_LIBRARY, DEED_KERNEL };
#define DEED_LONG_OPTIONS                                  \
	{"now", no_argument, NULL, DEED_NOW},              \
	{                                                  \
		"root", required_argument, NULL, DEED_ROOT \
	}

/* Takes the options, and ends the process with a message where they contradict each other, or where
 * neither --root is given nor systemd runs. Then waits until no other enable or disable is at work
 * on the running system, because one would take the other's file for its own. */
void deed_take_options(
	int argc, char *argv[], const struct option *options, const char *help, struct deed *ret);

/* Has systemd read the unit's files again, unless --root is given. */
bool deed_reload(const struct deed *deed, struct error_line *error);

/* What was done to the files, and what came of it. */
struct deed_result {
	const char *unit;
	const char *did; /* such as "wrote" */
	const char *file;
	const char *did_to_helper; /* the same for the unit of the helper; NULL if there is none */
	const char *helper;
	bool is_changed;
	const char *effect; /* on a unit that runs, if it needs no restart: "NAME is ..." */
};

/* Prints the result, and restarts the service if that is wanted, or says how, unless it needs none.
 * Returns the exit status. */
int deed_finish(const struct deed *deed, const struct deed_result *result);

#endif
