/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What enable is to do to a unit, found and judged before anything is written. */
#ifndef CTL_UNITS_PLAN_H
#define CTL_UNITS_PLAN_H

#include "ctl/assignments.h"
#include "ctl/library.h"
#include "ctl/say.h"
#include "ctl/units/deed.h"
#include "ctl/units/unit.h"
#include "settings/settings.h"

#include <stdbool.h>

struct plan {
	struct unit unit;
	struct assignments assignments;
	struct settings settings;
	char helper[UNIT_NAME]; /* the name of its unit, also where there is to be none */
	char *drop_in;		/* the file's text */

	/* By the library. */
	struct library library;
	char *preload; /* the value of LD_PRELOAD */

	/* By the kernel. */
	char *helper_unit; /* the text of the unit's file; NULL if the library is to cure it */
};

/* Makes the plan for "UNIT [BINDRIGHT_NAME=value]...". Ends the process with a message if something
 * is in the way. */
void plan_make(const struct deed *deed, char *const arguments[], struct plan *ret);

/* Whether systemd has read what the plan would have it read. Not to be asked about templates, which
 * it does not load. */
bool plan_is_read(const struct plan *plan, struct error_line *error);

/* Loads the unit again, judges it again without repeating warnings, and looks whether systemd has
 * read the files, because it may have read others than before, which somebody had changed. */
bool plan_read_back(struct plan *plan, struct error_line *error);

#endif
