/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/status/report.h"

#include <ctype.h>
#include <stdio.h>
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

/* text has a line for each setting, and is changed. */
static void take_lines(char *text, void (*each)(const char *, const char *, void *), void *data)
{
	char *end;

	for (char *line = text; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		take_line(line, each, data);
	}
}

void report_each_setting(const struct instance *instance,
	void (*each)(const char *name, const char *value, void *data), void *data)
{
	char text[sizeof(instance->status.settings)];

	memcpy(text, instance->status.settings, sizeof(text));
	take_lines(text, each, data);
}

/* The last line for the name counts. NULL if there is none. */
static const char *find_given(const struct attached *attached, const char *name)
{
	const size_t len = strlen(name);
	const char *found = NULL;

	for (const char *line = attached->given; *line != '\0';
		line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, len) == 0 && line[len] == '=')
			found = line + len + 1;
	return found;
}

static const char *default_of(const char *name)
{
	for (unsigned int i = 0; settings_name(i) != NULL; i++)
		if (strcmp(settings_name(i), name) == 0 && settings_default(i) != NULL)
			return settings_default(i);
	return "";
}

void report_each_kernel_setting(const struct attached *attached,
	void (*each)(const char *name, const char *value, void *data), void *data)
{
	static const struct {
		const char *name, *by_default; /* NULL: as the library has it */
	} settings[] = {
		{"BINDRIGHT_V6ONLY", "auto"},
		{"BINDRIGHT_REPLY", NULL},
		{"BINDRIGHT_FOLLOW", NULL},
		{"BINDRIGHT_PEERS", NULL},
		{"BINDRIGHT_EXPIRY", NULL},
		{"BINDRIGHT_LOG", NULL},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *value = find_given(attached, settings[i].name);
		char line[sizeof(attached->given)];

		if (value == NULL)
			value = settings[i].by_default;
		if (value == NULL)
			value = default_of(settings[i].name);
		snprintf(line, sizeof(line), "%s=%.*s\n", settings[i].name,
			(int)strcspn(value, "\n"), value);
		take_lines(line, each, data);
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
	return *enabled->without != '\0' && !enabled->has_library && !enabled->is_attached &&
	       !enabled->is_unseen;
}
