/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/unit_text.h"

#include "ctl/units/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

static bool is_blank(char c)
{
	return c != '\0' && strchr(blanks, c) != NULL;
}

/* An even number of backslashes is that many escaped ones. */
static bool is_continued(const char *line, size_t len)
{
	size_t backslashes = 0;

	while (backslashes < len && line[len - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Writes one line of the text to whole, with a blank for the backslash that continues it. Comments
 * between continued lines do not end these. Returns whether another line belongs to it. */
static bool take_line(struct unit_text *at, FILE *whole, bool is_continuing)
{
	const size_t len = strcspn(at->next, "\n");
	const char *line = at->next;
	const char *text = line + strspn(line, " \t\r");
	const bool is_more = is_continued(line, len);

	at->next += len + (line[len] == '\n');
	at->next_line++;
	if (*text == '#' || *text == ';')
		return is_continuing;
	fprintf(whole, "%.*s%s", (int)(len - is_more), line, is_more ? " " : "");
	return is_more;
}

static char *next_whole_line(struct unit_text *at)
{
	char *whole = NULL;
	size_t size = 0;
	FILE *stream = or_fail(open_memstream(&whole, &size));
	bool is_more = false;

	at->line = at->next_line + 1;
	do
		is_more = take_line(at, stream, is_more);
	while (is_more && *at->next != '\0');
	if (fclose(stream) != 0)
		or_fail(NULL);
	return whole;
}

static char *strip(char *text)
{
	size_t len;

	text += strspn(text, blanks);
	len = strlen(text);
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

static void take_section(struct unit_text *at, const char *line)
{
	const size_t len = strcspn(line + 1, "]");

	at->section[0] = '\0';
	if (len < sizeof(at->section))
		snprintf(at->section, sizeof(at->section), "%.*s", (int)len, line + 1);
}

bool unit_text_next(struct unit_text *at)
{
	free(at->key);
	free(at->value);
	at->key = at->value = NULL;
	while (*at->next != '\0') {
		char *whole = next_whole_line(at);
		char *line = strip(whole);
		char *equals = strchr(line, '=');

		if (*line == '[') {
			take_section(at, line);
		} else if (equals != NULL) {
			*equals = '\0';
			at->key = text_copy(strip(line));
			at->value = text_copy(strip(equals + 1));
		}
		free(whole);
		if (at->key != NULL)
			return true;
	}
	return false;
}

/* Takes what follows a backslash, and returns its character, or -1. systemctl escapes $ and ` too.
 * Not known: \u and \U. */
static int take_escape(const char **at)
{
	static const char names[] = "abfnrtvs\\\"'$`", values[] = "\a\b\f\n\r\t\v \\\"'$`";
	static const char digits[] = "0123456789abcdef";
	const char *name = **at != '\0' ? strchr(names, **at) : NULL, *digit;
	const int base = **at == 'x' ? 16 : 8, count = **at == 'x' ? 2 : 3;
	int value = 0;

	if (name != NULL) {
		(*at)++;
		return values[name - names];
	}
	*at += **at == 'x';
	for (int i = 0; i < count; i++, (*at)++) {
		digit = **at != '\0' ? strchr(digits, tolower((unsigned char)**at)) : NULL;
		if (digit == NULL || digit - digits >= base)
			return -1;
		value = value * base + (int)(digit - digits);
	}
	return value > 0 && value < 256 ? value : -1;
}

bool unit_word_next(const char **at, char *ret, size_t size)
{
	const char *c = *at + strspn(*at, blanks);
	size_t len = 0;
	char quote = '\0';

	if (*c == '\0')
		return false;
	for (*at = NULL; *c != '\0' && (quote != '\0' || !is_blank(*c));) {
		int value = (unsigned char)*c++;

		if (value == quote || (quote == '\0' && (value == '"' || value == '\''))) {
			quote = value == quote ? '\0' : (char)value;
			continue;
		}
		if (value == '\\')
			value = take_escape(&c);
		if (value < 0 || len + 1 >= size)
			return false;
		ret[len++] = (char)value;
	}
	if (quote != '\0')
		return false;
	ret[len] = '\0';
	*at = c;
	return true;
}

static bool is_plain(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       strchr("=_-./:,@+*?%$", c) != NULL;
}

char *unit_word_quote(const char *word)
{
	char *quoted = or_fail(malloc(4 * strlen(word) + sizeof("\"\"")));
	char *to = quoted;
	bool is_quoted = *word == '\0';

	for (const char *c = word; *c != '\0'; c++)
		is_quoted |= !is_plain(*c);
	if (is_quoted)
		*to++ = '"';
	for (; *word != '\0'; word++) {
		if (*word == '\n' || *word == '\t') {
			to += sprintf(to, "\\%c", *word == '\n' ? 'n' : 't');
			continue;
		}
		if (*word == '"' || *word == '\\')
			*to++ = '\\';
		if (*word == '%')
			*to++ = '%';
		*to++ = *word;
	}
	if (is_quoted)
		*to++ = '"';
	*to = '\0';
	return quoted;
}

/* Returns the length of the UTF-8 character, or 0: RFC 3629. */
static size_t utf8_len(const unsigned char *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const size_t len = *c < 0x80	   ? 1
			   : *c >> 5 == 6  ? 2
			   : *c >> 4 == 14 ? 3
			   : *c >> 3 == 30 ? 4
					   : 0;
	uint32_t value = len == 1 ? *c : *c & (0x7fU >> len);

	for (size_t i = 1; i < len; i++) {
		if (c[i] >> 6 != 2)
			return 0;
		value = value << 6 | (c[i] & 0x3fU);
	}
	if (len == 0 || value < least[len] || value > 0x10ffff || value >> 11 == 0x1b)
		return 0;
	return len;
}

bool unit_word_is_accepted(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	while (*c != '\0') {
		const size_t len = utf8_len(c);

		if (len == 0 || *c == 0x7f || (*c < ' ' && *c != '\t' && *c != '\n'))
			return false;
		c += len;
	}
	return true;
}
