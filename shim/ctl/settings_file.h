/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings files: which may be trusted, and how they are read without ever waiting for long. A
 * regular file counts only if nobody but root and the effective user could have written it.
 */
#ifndef CTL_SETTINGS_FILE_H
#define CTL_SETTINGS_FILE_H

#include "ctl/assignments.h"
#include "ctl/say.h"

#include <stdbool.h>

/* A settings file has a few lines; a device or somebody's disk image has more. */
enum { SETTINGS_FILE_KIB = 64 };

/* What a path may lead to, beyond a regular file. */
enum settings_file_kind {
	SETTINGS_FILE_REGULAR,
	SETTINGS_FILE_OR_PIPE, /* as a shell's process substitution makes, or a fifo */
};

/* Takes the settings of the file into assignments. False if it is refused, cannot be read, or has a
 * line that is no setting: *ret says which and why, with the option in front that named the file.
 */
bool settings_file_take(const char *option, const char *path, enum settings_file_kind kind,
	struct assignments *assignments, struct error_line *ret);

#endif
