/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only parser of settings files; settings_text.h has the grammar. */
#include "ctl/settings_text.h"

#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line without its newline and without blanks at both ends. */
struct line {
	const char *text;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct line strip(const char *text, size_t len)
{
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	return (struct line){text, len};
}

static bool has_control_character(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\177')
			return true;
	return false;
}

static bool take_setting(const char *where, const struct line *line, size_t name_len,
	struct assignments *assignments, struct error_line *ret)
{
	char *copy = strndup(line->text, line->len);

	if (copy == NULL)
		return say_into(ret, "%s: out of memory", where);
	copy[name_len] = '\0';
	assignments_take(assignments, where, copy, copy + name_len + 1);
	free(copy);
	return true;
}

static bool parse_line(const char *where, const struct line *line, struct assignments *assignments,
	struct error_line *ret)
{
	const char *equals;
	char quoted[SETTINGS_QUOTE];
	size_t name_len;

	if (memchr(line->text, '\0', line->len) != NULL)
		return say_into(ret, "%s: the line holds a NUL byte (is it a text file?)", where);
	if (line->len == 0 || *line->text == '#')
		return true;
	equals = memchr(line->text, '=', line->len);
	if (equals == NULL && has_control_character(line->text, line->len))
		return say_into(ret,
			"%s: the line holds a control character (is it a DOS line ending?)", where);
	if (equals == NULL)
		return say_into(ret,
			"%s: '%s' is not a setting (allowed: BINDRIGHT_NAME=value, # comment, empty line)",
			where, settings_quote(line->text, line->len, quoted));
	name_len = (size_t)(equals - line->text);
	if (!assignments_is_setting(line->text, name_len))
		return say_into(ret,
			"%s: '%s' is not a setting (allowed: BINDRIGHT and names that begin with BINDRIGHT_)",
			where, settings_quote(line->text, name_len, quoted));
	if (has_control_character(equals + 1, line->len - name_len - 1))
		return say_into(ret,
			"%s: %.*s: the value holds a control character (is it a DOS line ending?)",
			where, (int)name_len, line->text);
	return take_setting(where, line, name_len, assignments, ret);
}

bool settings_text_parse(const char *text, size_t len, const char *file,
	struct assignments *assignments, struct error_line *ret)
{
	const char *end = text + len;
	unsigned int number = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *line_end = newline != NULL ? newline : end;
		struct line line = strip(text, (size_t)(line_end - text));
		struct error_line where;

		say_into(&where, "%s:%u", file, ++number);
		if (!parse_line(where.text, &line, assignments, ret))
			return false;
		text = line_end + 1;
	}
	return true;
}
