/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/text.h"

#include "ctl/list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_copy(const char *text)
{
	return or_fail(strdup(text));
}

char *text_copy_part(const char *text, size_t len)
{
	return or_fail(strndup(text, len));
}

char *text_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return or_fail(text);
}

void texts_add(struct texts *texts, char *text)
{
	texts->list = list_extend(texts->list, texts->count, sizeof(*texts->list));
	texts->list[texts->count++] = text;
}

const char *text_file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}
