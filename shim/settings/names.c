/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of program names; the grammar is in names.h. */
#include "settings/names.h"

#include <fnmatch.h>
#include <string.h>

static const char allowed_names[] =
	"names without '/', blanks, quotes and ';', patterns like 'java*', separated by commas";

/* A blank or ';' is most likely meant as a separator, and quotes are most likely meant to be
 * removed; such a name would never match. For a program name that contains one, use '?' in a
 * pattern. */
static const char forbidden[] = "/ \t\n'\";";

/* Reports these len bytes as wrong. Returns false. */
static bool fail_parse(struct parse_error *error, const char *problem, const char *at, size_t len,
	const char *allowed)
{
	*error = (struct parse_error){problem, at, len, allowed};
	return false;
}

bool names_parse(const char *value, struct names *ret, struct parse_error *error)
{
	struct names names = {0};
	size_t total = strlen(value);

	if (total + 2 > sizeof(names.list))
		return fail_parse(error, "list too long", value, total, "at most 1022 bytes");
	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ",");

		if (len == 0 || strcspn(at, forbidden) < len)
			return fail_parse(error, "invalid name", at, len, allowed_names);
		memcpy(names.list + (at - value), at, len);
		at += len;
		if (*at == '\0')
			break;
	}
	*ret = names;
	return true;
}

bool names_are_empty(const struct names *names)
{
	return names->list[0] == '\0';
}

bool names_match(const struct names *names, const char *name)
{
	for (const char *at = names->list; *at != '\0'; at += strlen(at) + 1)
		if (fnmatch(at, name, 0) == 0)
			return true;
	return false;
}
