/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/enabled.h"

#include "ctl/list.h"
#include "ctl/units/drop_in.h"
#include "ctl/units/helper_unit.h"

#include <glob.h>
#include <string.h>

/* The unit's name is between the last two slashes, before ".d". */
static void add(struct enabled_list *list, const char *path)
{
	const char *end = strrchr(path, '/') - strlen(".d");
	const char *name = memrchr(path, '/', (size_t)(end - path));
	struct enabled *entry;
	struct drop_in drop_in;
	struct error_line error;

	if (name == NULL || (size_t)(end - name) > PROCESS_UNIT ||
		!drop_in_read(path, "", &drop_in, &error) || !drop_in.is_ours)
		return;
	list->list = list_extend(list->list, list->count, sizeof(*list->list));
	entry = &list->list[list->count++];
	*entry = (struct enabled){.is_by_kernel = helper_unit_is_in(drop_in.content)};
	memcpy(entry->unit, name + 1, (size_t)(end - name - 1));
}

void enabled_find(struct enabled_list *ret)
{
	/* musl has no GLOB_BRACE. */
	static const char *const patterns[] = {
		"/etc/systemd/system/*.service.d/bindright.conf",
		"/etc/systemd/system/*.socket.d/bindright.conf",
	};
	glob_t found;

	*ret = (struct enabled_list){.list = NULL};
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (glob(patterns[i], 0, NULL, &found) != 0)
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++)
			add(ret, found.gl_pathv[j]);
		globfree(&found);
	}
}

/* Whether unit is an instance of a template: both agree up to the @, and then the template ends. */
static bool is_instance(const char *unit, const char *template)
{
	const char *at = strchr(template, '@');

	return at != NULL && strcmp(at, "@.service") == 0 &&
	       strncmp(unit, template, (size_t)(at + 1 - template)) == 0;
}

bool enabled_is_of(const struct enabled *enabled, const char *unit)
{
	return strcmp(enabled->unit, unit) == 0 || is_instance(unit, enabled->unit);
}

struct enabled *enabled_of(struct enabled_list *list, const char *unit)
{
	for (size_t i = 0; i < list->count; i++)
		if (enabled_is_of(&list->list[i], unit))
			return &list->list[i];
	return NULL;
}
