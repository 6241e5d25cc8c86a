/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads settings files, within a time limit. Accepts a file only if root or the effective user owns
 * it and no other user can write it.
 */
#ifndef CTL_SETTINGS_FILE_H
#define CTL_SETTINGS_FILE_H

#include "ctl/assignments.h"
#include "ctl/say.h"

#include <stdbool.h>

/* A settings file has a few lines. The limit refuses a disk image given by mistake. */
enum { SETTINGS_FILE_KIB = 64 };

/* The kinds of file that a path may lead to. */
enum settings_file_kind {
	SETTINGS_FILE_REGULAR,
	SETTINGS_FILE_OR_PIPE, /* also a fifo, or the pipe of a shell's process substitution */
};

/* Adds the settings in the file to assignments. Returns false if the file is refused, cannot be
 * read or has an invalid line: *ret names the file or line and the reason, preceded by the option
 * that named the file if the file itself is at fault. */
bool settings_file_take(const char *option, const char *path, enum settings_file_kind kind,
	struct assignments *assignments, struct error_line *ret);

#endif
