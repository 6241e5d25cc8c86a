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
	bool is_now;
	const char *root;    /* of --root, or NULL */
	const char *library; /* of --library, or NULL */
	int lock;	     /* a descriptor, or -1 */
};

enum { DEED_NOW = TOOL_FIRST_OWN, DEED_ROOT, DEED_LIBRARY };
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

/* Prints what was done to the file, such as "wrote", and restarts the service if that is wanted, or
 * says how. Without a change, prints nothing of that. Returns the exit status. */
int deed_finish(const struct deed *deed, const char *unit, const char *file, const char *did,
	bool is_changed);

#endif
