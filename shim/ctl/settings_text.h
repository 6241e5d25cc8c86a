/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of a settings file: lines BINDRIGHT_NAME=value, comments that begin with '#', empty
 * lines. Blanks at both ends of a line are ignored. No quotes, no substitutions. Makes no system
 * calls.
 */
#ifndef CTL_SETTINGS_TEXT_H
#define CTL_SETTINGS_TEXT_H

#include "ctl/assignments.h"
#include "ctl/say.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds the settings in text, len bytes read from file, to assignments; does not check the values.
 * Returns false at the first invalid line: *ret names it ("FILE:LINE") and the reason. */
bool settings_text_parse(const char *text, size_t len, const char *file,
	struct assignments *assignments, struct error_line *ret);

#endif
