/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of a settings file: lines BINDRIGHT_NAME=value, comments that begin with '#', empty
 * lines; blanks at both ends of a line do not count. No quotes, no substitutions. Pure.
 */
#ifndef CTL_SETTINGS_TEXT_H
#define CTL_SETTINGS_TEXT_H

#include "ctl/assignments.h"
#include "ctl/say.h"

#include <stdbool.h>
#include <stddef.h>

/* Takes the len bytes of text, read from the file, into assignments; whether the values are good is
 * not judged. False at the first line that is none: *ret says which and why. */
bool settings_text_parse(const char *text, size_t len, const char *file,
	struct assignments *assignments, struct error_line *ret);

#endif
