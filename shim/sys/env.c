/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the environment into settings, once, and complains of what it does not understand. */
#include "sys/env.h"

#include "sys/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNREAD, BEING_READ, READ };

static struct settings settings; /* written by the one reader, constant once `state` is READ */
static _Atomic int state = UNREAD;

/* Takes one variable, if it is set; false if it is not understood, with *ret the complaint. */
static bool take_variable(const char *name, struct settings_error *ret)
{
	const char *value = secure_getenv(name);

	return value == NULL || settings_set(&settings, name, value, ret);
}

static void complain_of_unknown_names(void)
{
	static const char prefix[] = "BINDRIGHT_";
	struct settings_error error;
	char name[64];

	if (environ == NULL)
		return;
	for (char **entry = environ; *entry != NULL; entry++) {
		size_t len = strcspn(*entry, "=");

		if (strncmp(*entry, prefix, sizeof(prefix) - 1) != 0 || len >= sizeof(name))
			continue;
		memcpy(name, *entry, len);
		name[len] = '\0';
		if (!settings_knows(name)) {
			settings_set(&settings, name, "", &error);
			log_line(LOG_LEVEL_WARN, "%s", error.text);
		}
	}
}

static void read_environment(void)
{
	struct settings_error error;
	const char *name;
	bool is_understood;

	settings_init(&settings);
	/* Where to complain comes first, so that the complaints are found where they were asked. */
	is_understood = take_variable(settings_name(0), &error);
	log_configure(&settings.log);
	if (!is_understood)
		log_line(LOG_LEVEL_ERROR, "%s", error.text);
	for (unsigned int i = 1; (name = settings_name(i)) != NULL; i++)
		if (!take_variable(name, &error))
			log_line(LOG_LEVEL_ERROR, "%s", error.text);
	complain_of_unknown_names();
	settings.is_on = settings_act_in(&settings, program_invocation_short_name);
}

const struct settings *env_settings(void)
{
	static const struct settings all_off;
	int unread = UNREAD;

	if (atomic_load_explicit(&state, memory_order_acquire) == READ)
		return &settings;
	if (!atomic_compare_exchange_strong(&state, &unread, BEING_READ))
		return &all_off;
	read_environment();
	atomic_store_explicit(&state, READ, memory_order_release);
	return &settings;
}
