/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/unit_name.h"

#include "ctl/list.h"
#include "ctl/units/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			      ":-_.\\@";

const char *unit_name_type(const char *name)
{
	static const char *const types[] = {"service", "socket", "timer", "target", "mount",
		"automount", "swap", "path", "slice", "scope", "device"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot + 1, types[i]) == 0)
			return types[i];
	return "";
}

bool unit_name_complete(const char *asked, char ret[UNIT_NAME], struct error_line *error)
{
	const char *suffix = *unit_name_type(asked) == '\0' ? ".service" : "";

	if (*asked == '\0' || *asked == '.' || *asked == '@' || *asked == '-' ||
		asked[strspn(asked, allowed)] != '\0')
		return say_into(error,
			"'%s' is not the name of a unit (allowed: letters, digits and :-_.\\@)",
			asked);
	if (snprintf(ret, UNIT_NAME, "%s%s", asked, suffix) >= UNIT_NAME)
		return say_into(error, "'%s' is longer than a unit's name can be", asked);
	return true;
}

bool unit_name_is_template(const char *name)
{
	const char *at = strchr(name, '@');

	return at != NULL && at + 1 == strrchr(name, '.');
}

bool unit_name_template(const char *name, char ret[UNIT_NAME])
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (at == NULL || dot == NULL || at + 1 >= dot)
		return false;
	snprintf(ret, UNIT_NAME, "%.*s%s", (int)(at + 1 - name), name, dot);
	return true;
}

char *unit_name_instances(const char *name)
{
	const char *at = strchr(name, '@');

	if (!unit_name_is_template(name))
		return text_copy(name);
	return text_format("%.*s*%s", (int)(at + 1 - name), name, at + 1);
}

char *unit_name_restart(const char *name)
{
	char *instances = unit_name_instances(name);
	char *command = text_format(
		unit_name_is_template(name) ? "systemctl restart '%s'" : "systemctl restart %s",
		instances);

	free(instances);
	return command;
}

/* An unknown specifier, which may differ between hosts or need unescaping, stays. */
char *unit_name_expand(const char *text, const char *unit)
{
	const char *dot = strrchr(unit, '.'), *end = dot != NULL ? dot : strchr(unit, '\0');
	const char *at = memchr(unit, '@', (size_t)(end - unit));
	const char *instance = at != NULL ? at + 1 : end;
	const struct {
		char specifier;
		const char *value;
		long len; /* -1: all */
	} known[] = {{'n', unit, -1}, {'N', unit, end - unit},
		{'p', unit, (at != NULL ? at : end) - unit}, {'i', instance, end - instance},
		{'t', "/run", -1}, {'S', "/var/lib", -1}, {'C', "/var/cache", -1},
		{'L', "/var/log", -1}, {'E', "/etc", -1}, {'T', "/tmp", -1}, {'V', "/var/tmp", -1},
		{'h', "/root", -1}, {'%', "%", -1}};
	char *expanded = NULL;
	size_t size = 0, i;
	FILE *stream = or_fail(open_memstream(&expanded, &size));

	for (; *text != '\0'; text++) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (text[0] == '%' && text[1] == known[i].specifier)
				break;
		if (i == sizeof(known) / sizeof(known[0])) {
			putc(*text, stream);
			continue;
		}
		fprintf(stream, "%.*s", (int)known[i].len, known[i].value);
		text++;
	}
	if (fclose(stream) != 0)
		or_fail(NULL);
	return expanded;
}
