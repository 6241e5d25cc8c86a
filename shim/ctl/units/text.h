/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts and lists of texts in memory of their own. Out of memory ends the process; nothing is freed
 * where it lasts as long as the process. */
#ifndef CTL_UNITS_TEXT_H
#define CTL_UNITS_TEXT_H

#include "ctl/list.h"

#include <stddef.h>

/* Initialize with {0}. */
struct texts {
	char **list;
	size_t count;
};

/* Each returns a new text, to be freed with free(3). */
char *text_copy(const char *text);
char *text_copy_part(const char *text, size_t len);
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Adds the text itself, which texts then own. */
void texts_add(struct texts *texts, char *text);

/* Returns what follows the last slash, or path. */
const char *text_file_name(const char *path);

#endif
