/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Accepted and refused values, for the tests of each grammar: a refused value changes nothing, and
 * the complaint is one printable line that names the variable.
 */
#ifndef VALUES_H
#define VALUES_H

#include "settings/settings.h"

#include "unit.h"

static inline struct settings defaults(void)
{
	struct settings settings;

	/* Clears the padding, which memcmp compares too. */
	memset(&settings, 0, sizeof(settings));
	settings_init(&settings);
	return settings;
}

/* Returns the settings with this value. */
static inline struct settings set(const char *name, const char *value)
{
	struct settings settings = defaults();
	struct settings_error error = {"untouched"};

	if (!settings_set(&settings, name, value, &error))
		fail_msg("%s=%s: %s", name, value, error.text);
	assert_string_equal(error.text, "untouched");
	return settings;
}

static inline void assert_printable_line(const char *text, size_t left)
{
	size_t len = strnlen(text, left);

	assert_in_range(len, 1, left - 1);
	for (size_t i = 0; i < len; i++)
		assert_in_range((unsigned char)text[i], ' ', '~');
}

/* Returns the complaint. */
static inline struct settings_error fail_parse(const char *name, const char *value)
{
	const struct settings before = defaults();
	struct settings settings = before;
	struct settings_error error;

	memset(&error, 0, sizeof(error));
	if (settings_set(&settings, name, value, &error))
		fail_msg("%s takes '%s'", name, value);
	assert_memory_equal(&settings, &before, sizeof(before));
	assert_printable_line(error.text, sizeof(error.text));
	assert_non_null(strstr(error.text, name));
	return error;
}

#endif
