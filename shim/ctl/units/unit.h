/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What systemd knows of a unit. Where systemd runs, it says which files a unit has, who its user is
 * and what it runs. Below the directory of --root, or without systemd, the same is read from the
 * files of the unit directories. The settings are read from the files in both cases, because
 * systemd does not say in which line a setting stands.
 *
 * Not known without systemd: units that generators make, of init scripts too; drop-ins of a unit's
 * other names; $SYSTEMD_UNIT_PATH.
 */
#ifndef CTL_UNITS_UNIT_H
#define CTL_UNITS_UNIT_H

#include "ctl/say.h"
#include "ctl/units/text.h"
#include "ctl/units/unit_name.h"

#include <stdbool.h>
#include <sys/types.h>

enum unit_state {
	UNIT_LOADED,
	UNIT_UNKNOWN,
	UNIT_MASKED,
	UNIT_BROKEN, /* systemd cannot read its files */
};

/* An assignment in section [Service] or [Socket]. */
struct unit_setting {
	const char *key;
	const char *value; /* specifiers are not replaced yet */
	const char *file;
	unsigned int line;
};

struct unit {
	const char *root;     /* "", or the directory of --root: root_files.h */
	char name[UNIT_NAME]; /* the unit's own name, where another was asked for */
	enum unit_state state;
	bool is_from_systemd;
	bool is_transient, is_active;
	char *fragment; /* NULL if there is none; for a masked unit, the link that masks it */
	struct texts drop_ins; /* in systemd's order */
	char *unreadable; /* a file of these that cannot be read, and why; NULL if there is none */

	/* Without those of drop-ins that have the name of enable's own: these are, or would be,
	 * replaced. */
	struct unit_setting *settings;
	size_t count;

	struct texts programs; /* of ExecStart=: absolute paths below root */
	char *user;	       /* "" for root */
	char *filter;	    /* SystemCallFilter= as systemctl shows it; NULL if it was not asked */
	char *filter_error; /* SystemCallErrorNumber=, the same */
};

/* The file name of enable's drop-ins. */
#define UNIT_OUR_DROP_IN "bindright.conf"

/* Whether systemd runs here. */
bool unit_systemd_runs(void);

/* Finds the unit by its name, complete or without ".service". root is NULL for the running
 * system. Returns false with a message if the question could not be answered. All that *ret has
 * lives as long as the process. */
bool unit_load(const char *asked, const char *root, struct unit *ret, struct error_line *error);

/* Finds the next setting of this key that is in effect: an empty one undoes those before it. Begin
 * with at NULL. Returns NULL after the last. */
const struct unit_setting *unit_next(
	const struct unit *unit, const char *key, const struct unit_setting *at);

/* Returns the setting of this key that is in effect where only one can be, or NULL. */
const struct unit_setting *unit_last(const struct unit *unit, const char *key);

/* Whether the value is a yes, as systemd reads one. */
bool unit_is_yes(const char *value);

/* Whether the setting stands in a drop-in that comes after enable's own, so that it wins. */
bool unit_is_after_ours(const struct unit_setting *setting);

#endif
