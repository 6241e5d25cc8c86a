/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the environment into settings, once. Errors are kept until a socket appears to which the
 * settings matter: most programs that a script starts never open one. */
#include "runtime/env.h"

#include "libc/libc.h"
#include "runtime/log.h"
#include "runtime/status.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { UNREAD, BEING_READ, READ };

static struct settings settings; /* written by one reader, constant once `state` is READ */
static _Atomic int state = UNREAD;

/* A variable in error, and the level to log it at. */
struct error_line {
	enum log_level level;
	struct settings_error error;
};

/* All known variables, and as many unknown ones; further errors are dropped. */
enum { ERRORS_MAX = 20 };

/* Written by one reader. Without errors its pages take no memory. */
static struct error_line error_lines[ERRORS_MAX];
/* Set by the reader, reset to 0 by the thread that logs them. */
_Atomic unsigned int env_errors;

static void keep_error(enum log_level level, const struct settings_error *error)
{
	unsigned int count = atomic_load(&env_errors);

	if (count == ERRORS_MAX)
		return;
	error_lines[count].level = level;
	error_lines[count].error = *error;
	atomic_store(&env_errors, count + 1);
}

void env_log_errors(void)
{
	unsigned int count = atomic_exchange(&env_errors, 0);

	for (unsigned int i = 0; i < count; i++)
		log_line(error_lines[i].level, "%s%s", error_lines[i].error.text,
			error_lines[i].level == LOG_LEVEL_ERROR ? "; the default is used"
								: "; it is ignored");
}

/* Reads one variable, if it is set. */
static void take_variable(unsigned int index)
{
	const char *name = settings_name(index), *in_effect = settings_default(index);
	const char *value = secure_getenv(name);
	struct settings_error error;

	if (value != NULL && settings_set(&settings, name, value, &error))
		in_effect = value;
	else if (value != NULL)
		keep_error(LOG_LEVEL_ERROR, &error);
	if (in_effect != NULL)
		status_note_setting(name, in_effect);
}

static void find_unknown_names(void)
{
	static const char prefix[] = "BINDRIGHT_";
	struct settings_error error;
	char name[64];

	/* In secure-execution mode the variables are ignored, unknown ones included. */
	if (environ == NULL || getauxval(AT_SECURE) != 0)
		return;
	for (char **entry = environ; *entry != NULL; entry++) {
		size_t len = strcspn(*entry, "=");

		if (strncmp(*entry, prefix, sizeof(prefix) - 1) != 0 || len >= sizeof(name))
			continue;
		memcpy(name, *entry, len);
		name[len] = '\0';
		if (!settings_knows(name)) {
			settings_set(&settings, name, "", &error);
			keep_error(LOG_LEVEL_WARN, &error);
		}
	}
}

static void read_environment(void)
{
	/* Everything stays off, including the log. */
	if (!libc_is_ours()) {
		status_note_state(STATUS_OTHER_LIBC);
		return;
	}
	settings_init(&settings);
	for (unsigned int i = 0; settings_name(i) != NULL; i++)
		take_variable(i);
	find_unknown_names();
	log_configure(&settings.log);
	settings.is_on = settings_act_in(&settings, program_invocation_short_name);
	status_note_state(settings.is_on ? STATUS_ACTS : STATUS_OFF);
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
