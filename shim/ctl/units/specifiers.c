/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/specifiers.h"

#include "ctl/units/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parts of a unit's name: prefix@instance.type. */
struct parts {
	const char *name;
	size_t name_len; /* without the type */
	size_t prefix_len;
};

static struct parts split(const char *unit)
{
	const char *dot = strrchr(unit, '.');
	struct parts parts = {unit, dot != NULL ? (size_t)(dot - unit) : strlen(unit), 0};

	parts.prefix_len = strcspn(unit, "@");
	if (parts.prefix_len > parts.name_len)
		parts.prefix_len = parts.name_len;
	return parts;
}

static char *last_component(const char *prefix, size_t len)
{
	const char *dash = memrchr(prefix, '-', len);
	const size_t skip = dash != NULL ? (size_t)(dash + 1 - prefix) : 0;

	return text_copy_part(prefix + skip, len - skip);
}

/* Returns a new text, or NULL if the specifier is unknown. */
static char *value_of(char specifier, const struct parts *parts)
{
	static const char *const directories[] = {"t/run", "S/var/lib", "C/var/cache", "L/var/log",
		"E/etc", "T/tmp", "V/var/tmp", "h/root", "%%"};
	const size_t instance = parts->prefix_len + 1;

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (directories[i][0] == specifier)
			return text_copy(directories[i] + 1);
	switch (specifier) {
	case 'n':
		return text_copy(parts->name);
	case 'N':
		return text_copy_part(parts->name, parts->name_len);
	case 'p':
		return text_copy_part(parts->name, parts->prefix_len);
	case 'i':
		return instance > parts->name_len
			       ? text_copy("")
			       : text_copy_part(parts->name + instance, parts->name_len - instance);
	case 'j':
		return last_component(parts->name, parts->prefix_len);
	default:
		return NULL;
	}
}

char *specifiers_expand(const char *text, const char *unit)
{
	const struct parts parts = split(unit);
	char *expanded = NULL;
	size_t size = 0;
	FILE *stream = or_fail(open_memstream(&expanded, &size));

	for (; *text != '\0'; text++) {
		char *value = text[0] == '%' && text[1] != '\0' ? value_of(text[1], &parts) : NULL;

		if (value == NULL) {
			putc(*text, stream);
			continue;
		}
		fputs(value, stream);
		free(value);
		text++;
	}
	if (fclose(stream) != 0)
		or_fail(NULL);
	return expanded;
}
