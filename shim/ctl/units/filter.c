/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/filter.h"

#include <stdlib.h>
#include <string.h>

/* What the filter does at a call. */
enum action { ACTION_ALLOW, ACTION_REFUSE, ACTION_KILL };

/* SystemCallErrorNumber= as systemctl shows it: a number for an error, or one past all of them. */
static enum action default_action(const struct unit *unit)
{
	const long number = strtol(unit->filter_error, NULL, 10);

	return number > 0 && number < 4096 ? ACTION_REFUSE : ACTION_KILL;
}

/* Returns the filter's word for the call, NAME or NAME:ERROR, with its length, or NULL. */
static const char *find_word(const char *filter, const char *call, size_t *ret_len)
{
	const size_t call_len = strlen(call);

	for (const char *at = filter; *at != '\0'; at += strspn(at, " ")) {
		const size_t len = strcspn(at, " ");

		if (strncmp(at, call, call_len) == 0 && (len == call_len || at[call_len] == ':')) {
			*ret_len = len;
			return at;
		}
		at += len;
	}
	return NULL;
}

/* systemctl shows a list of the calls that are allowed or, after "~", of those that are not. A call
 * with an error of its own is refused in both. */
static enum action action_at(const struct unit *unit, const char *call)
{
	const bool is_of_denied = *unit->filter == '~';
	const size_t call_len = strlen(call);
	size_t len = 0;
	const char *word = find_word(unit->filter + is_of_denied, call, &len);

	if (*unit->filter == '\0')
		return ACTION_ALLOW;
	if (word != NULL && len > call_len)
		return strncmp(word + call_len, ":kill", 5) == 0 ? ACTION_KILL : ACTION_REFUSE;
	return (word != NULL) == is_of_denied ? default_action(unit) : ACTION_ALLOW;
}

static bool say_where(
	const struct unit *unit, const char *call, const char *what, struct error_line *ret)
{
	const struct unit_setting *setting = unit_last(unit, "SystemCallFilter");

	if (setting != NULL)
		say_into(ret, "%s:%u: SystemCallFilter= %s %s, which the library calls",
			setting->file, setting->line, what, call);
	else
		say_into(ret, "SystemCallFilter= %s %s, which the library calls", what, call);
	return true;
}

bool filter_is_in_the_way(const struct unit *unit, struct error_line *ret)
{
	/* Without these, it cures neither replies nor listeners; it does without the others, if
	 * they are refused by an error. SANDBOXES in bindright(7) has the same list. */
	static const char *const needed[] = {"setsockopt", "getsockopt", "recvmsg", "sendmsg"};
	static const char *const called[] = {"setsockopt", "getsockopt", "recvmsg", "sendmsg",
		"getpid", "getrandom", "getsockname", "madvise", "mmap", "munmap", "rt_sigprocmask",
		"statx", "write"};

	if (unit->filter == NULL)
		return false;
	for (size_t i = 0; i < sizeof(called) / sizeof(called[0]); i++)
		if (action_at(unit, called[i]) == ACTION_KILL)
			return say_where(unit, called[i], "kills the service at", ret);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (action_at(unit, needed[i]) == ACTION_REFUSE)
			return say_where(unit, needed[i], "refuses", ret);
	return false;
}
