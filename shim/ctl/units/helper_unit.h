/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The unit of the helper by which the kernel cures another unit, for enable --kernel: a service
 * that runs bindrightctl attach. The other unit's drop-in starts it before each start, when systemd
 * has made the control group, and waits until it is attached; it ends with that group.
 *
 * It has no dependency on the other unit that would start or stop it, because a restart of both at
 * once would have it look for a group that is not there yet. Nor does a failure of it stop
 * anything.
 */
#ifndef CTL_UNITS_HELPER_UNIT_H
#define CTL_UNITS_HELPER_UNIT_H

#include "ctl/assignments.h"
#include "ctl/say.h"
#include "ctl/units/unit_name.h"

#include <stdbool.h>

/* Sets ret to bindright-foo.service for foo.service, and to bindright-foo.socket.service for
 * foo.socket. Returns false with a message if that is longer than a unit's name can be. */
bool helper_unit_name(const char *unit, char ret[UNIT_NAME], struct error_line *error);

/* Returns the new text of the helper's unit. program is the path of bindrightctl. */
char *helper_unit_make(
	const char *unit, const char *program, const struct assignments *assignments);

/* Returns the new text of the other unit's drop-in. */
char *helper_unit_make_drop_in(const char *unit, const char *helper);
/* Whether a drop-in has that text. */
bool helper_unit_is_in(const char *drop_in);

/* Whether systemd starts the helper before the unit. */
bool helper_unit_is_read(const char *unit, const char *helper, struct error_line *error);

/* Has a unit that runs be cured from now on, without a restart of it. A helper that runs is started
 * anew if its settings have changed. Returns false with a message if it did not start. */
bool helper_unit_start(const char *helper, bool is_changed, struct error_line *error);
/* Ends that. *ret_was_running says whether there was anything to end. */
bool helper_unit_end(const char *helper, bool *ret_was_running, struct error_line *error);

#endif
