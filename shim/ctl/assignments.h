/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings in effect, before they are judged: which value each name has, and where it comes
 * from. What is taken later overrides what was taken before.
 */
#ifndef CTL_ASSIGNMENTS_H
#define CTL_ASSIGNMENTS_H

#include "settings/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct assignment {
	const char *where; /* "environment", "--log", "FILE:LINE" */
	const char *name;
	const char *value;
};

/* Begins as {0}. What it holds lives as long as the process. */
struct assignments {
	struct assignment *list;
	size_t count;
};

/* Whether the len bytes of name are BINDRIGHT, or begin with BINDRIGHT_ and are letters, digits and
 * underscores: what may be meant as a setting of this library. */
bool assignments_is_setting(const char *name, size_t len);

/* Takes a setting; the three texts are copied. */
void assignments_take(
	struct assignments *assignments, const char *where, const char *name, const char *value);

/* Takes those of the environment. Of two entries of one name the first counts, as for getenv. */
void assignments_take_environment(struct assignments *assignments);

/* NULL if there is none of this name. */
const struct assignment *assignments_find(const struct assignments *assignments, const char *name);

/* Has the library's parser judge all of them: *ret is what the library will make of the good ones.
 * Calls complain for each bad one; returns how many there are. */
size_t assignments_judge(const struct assignments *assignments, struct settings *ret,
	void (*log_failure)(const struct assignment *bad, const char *text));

/* Puts all of them into this process's environment. False, with errno, if that cannot be done. */
bool assignments_export(const struct assignments *assignments);

#endif
