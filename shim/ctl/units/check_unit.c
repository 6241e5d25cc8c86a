/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/check_unit.h"

#include "ctl/units/judge_unit.h"

#include <stdio.h>

/* Where the library is not installed, judges as if it were. */
void check_unit(const char *name, const struct user *user, struct verdict *ret)
{
	struct library library = {.path = LIBRARY_PATH};
	struct error_line error, ignored;
	struct unit unit;

	library.entry = library.path;
	if (!unit_load(name, NULL, &unit, &error) || !judge_unit_is_service(&unit, &error)) {
		judge_set(ret, ANSWER_UNKNOWN, NULL, "%s", error.text);
		return;
	}
	library_find(NULL, NULL, &library, &ignored);
	judge_unit(&unit, &library, library.entry, user, ret);
}
