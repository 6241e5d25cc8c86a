/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings in effect, each with its origin. Out of memory ends the process. */
#include "ctl/assignments.h"

#include "ctl/list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Written out, because isalnum depends on the locale. */
static bool is_name_character(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

bool assignments_is_setting(const char *name, size_t len)
{
	static const char prefix[] = "BINDRIGHT";
	const size_t prefix_len = sizeof(prefix) - 1;

	if (len < prefix_len || memcmp(name, prefix, prefix_len) != 0)
		return false;
	for (size_t i = prefix_len; i < len; i++)
		if (!is_name_character(name[i]))
			return false;
	return len == prefix_len || name[prefix_len] == '_';
}

static struct assignment *find(const struct assignments *assignments, const char *name)
{
	for (size_t i = 0; i < assignments->count; i++)
		if (strcmp(assignments->list[i].name, name) == 0)
			return &assignments->list[i];
	return NULL;
}

const struct assignment *assignments_find(const struct assignments *assignments, const char *name)
{
	return find(assignments, name);
}

static struct assignment *add(struct assignments *assignments)
{
	const size_t size = (assignments->count + 1) * sizeof(*assignments->list);

	assignments->list = or_fail(realloc(assignments->list, size));
	return &assignments->list[assignments->count++];
}

void assignments_take(
	struct assignments *assignments, const char *where, const char *name, const char *value)
{
	struct assignment *entry = find(assignments, name);

	if (entry == NULL) {
		entry = add(assignments);
		entry->name = or_fail(strdup(name));
	}
	entry->where = or_fail(strdup(where));
	entry->value = or_fail(strdup(value));
}

void assignments_take_environment(struct assignments *assignments)
{
	for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
		const char *equals = strchr(*entry, '=');
		char *name;

		if (equals == NULL || !assignments_is_setting(*entry, (size_t)(equals - *entry)))
			continue;
		name = or_fail(strndup(*entry, (size_t)(equals - *entry)));
		if (find(assignments, name) == NULL)
			assignments_take(assignments, "environment", name, equals + 1);
		free(name);
	}
}

size_t assignments_judge(const struct assignments *assignments, struct settings *ret,
	void (*report)(const struct assignment *bad, const char *text))
{
	struct settings_error error;
	size_t bad = 0;

	settings_init(ret);
	for (size_t i = 0; i < assignments->count; i++) {
		const struct assignment *entry = &assignments->list[i];

		if (settings_set(ret, entry->name, entry->value, &error))
			continue;
		report(entry, error.text);
		bad++;
	}
	return bad;
}

bool assignments_export(const struct assignments *assignments)
{
	for (size_t i = 0; i < assignments->count; i++)
		if (setenv(assignments->list[i].name, assignments->list[i].value, 1) != 0)
			return false;
	return true;
}
