/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files by which enable cures a unit: the drop-in /etc/systemd/system/UNIT.d/bindright.conf
 * and, if the kernel is to cure it, the unit of the helper beside it. */
#ifndef CTL_UNITS_DROP_IN_H
#define CTL_UNITS_DROP_IN_H

#include "ctl/assignments.h"
#include "ctl/say.h"
#include "ctl/units/unit.h"

#include <stdbool.h>

struct drop_in {
	char *directory; /* UNIT.d, which goes with the file; systemd's own directory stays */
	char *path;
	char *content; /* NULL if there is no file */
	bool is_ours;  /* enable wrote it, by its first line */
};

/* Finds the drop-in of the unit name below root. Returns false with a message if it cannot be read;
 * that there is none is no error. */
bool drop_in_find(
	const char *name, const char *root, struct drop_in *ret, struct error_line *error);

/* The same for the unit of the helper of this name, see helper_unit.h. */
bool drop_in_find_helper(
	const char *helper, const char *root, struct drop_in *ret, struct error_line *error);

/* The same for a drop-in at this path below root, which may be another's. */
bool drop_in_read(
	const char *path, const char *root, struct drop_in *ret, struct error_line *error);

/* Returns the new text of a drop-in. */
char *drop_in_make(const char *name, const char *preload, const struct assignments *assignments);

/* Returns a new text that begins with the line by which such a file is known, and goes on with this
 * one. */
char *drop_in_sign(const char *name, const char *text);

/* Writes the file whole, or leaves everything as it was and returns false with a message. The file
 * and its name are on the disk then. */
bool drop_in_write(const struct drop_in *drop_in, const char *content, struct error_line *error);

/* Removes the file if there is one, and its directory if that is empty then. */
bool drop_in_remove(const struct drop_in *drop_in, struct error_line *error);

/* Has the file be as drop_in_find found it. */
bool drop_in_restore(const struct drop_in *drop_in, struct error_line *error);

#endif
