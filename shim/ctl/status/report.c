/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/report.h"

#include <ctype.h>
#include <string.h>

/* Splits one line "BINDRIGHT_NAME=value". Another process wrote it, so it may have any form. */
static void take_line(char *line, void (*each)(const char *, const char *, void *), void *data)
{
	static const char prefix[] = "BINDRIGHT_";
	char *equals = strchr(line, '=');

	if (equals == NULL || strncmp(line, prefix, strlen(prefix)) != 0)
		return;
	*equals = '\0';
	for (char *at = line; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	each(line + strlen(prefix), equals + 1, data);
}

void report_each_setting(const struct instance *instance,
	void (*each)(const char *name, const char *value, void *data), void *data)
{
	char text[sizeof(instance->status.settings)], *end;

	memcpy(text, instance->status.settings, sizeof(text));
	for (char *line = text; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		take_line(line, each, data);
	}
}

const char *report_state(const struct instance *instance)
{
	if (!instance->has_status)
		return "unknown";
	switch (instance->status.state) {
	case STATUS_NOT_STARTED:
		return "not started";
	case STATUS_ACTS:
		return "acts";
	case STATUS_OFF:
		return "off";
	case STATUS_OTHER_LIBC:
		return "other libc";
	}
	return "unknown";
}

const char *report_file(const struct instance *instance)
{
	static const char *const texts[] = {
		[FILE_SAME] = "same", [FILE_REPLACED] = "replaced", [FILE_REMOVED] = "removed"};

	return texts[instance->file];
}

bool report_lacks_library(const struct enabled *enabled)
{
	return *enabled->without != '\0' && !enabled->has_library && !enabled->is_unseen;
}
