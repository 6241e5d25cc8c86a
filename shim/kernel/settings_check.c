/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/settings_check.h"

static bool refuse_keyword(
	const char *name, const char *keyword, const char *allowed, struct error_line *error)
{
	return say_into(error, "%s: the kernel back end cannot do '%s' (allowed: %s)", name,
		keyword, allowed);
}

static bool check_listeners(struct rules *rules, struct error_line *error)
{
	if (rules->is_default)
		rules->keyword = V6ONLY_AUTO;
	for (unsigned int keyword = 0; settings_v6only_keywords[keyword] != NULL; keyword++)
		if (keyword != V6ONLY_AUTO && keyword != V6ONLY_OFF &&
			rules_have_keyword(rules, (uint8_t)keyword))
			return refuse_keyword("BINDRIGHT_V6ONLY", settings_v6only_keywords[keyword],
				"auto, off", error);
	return true;
}

bool settings_check(struct settings *settings, struct error_line *error)
{
	if (!settings->is_on)
		return say_into(error, "BINDRIGHT: 'off' leaves the kernel back end nothing to do");
	if (rules_have_keyword(&settings->reply, REPLY_INTERFACE))
		return refuse_keyword("BINDRIGHT_REPLY", "interface", "on, off", error);
	if (!names_are_empty(&settings->only) || !names_are_empty(&settings->skip))
		return say_into(error,
			"%s: the kernel back end knows control groups, not programs (allowed: "
			"no value)",
			!names_are_empty(&settings->only) ? "BINDRIGHT_ONLY" : "BINDRIGHT_SKIP");
	if (!settings->children)
		return refuse_keyword("BINDRIGHT_CHILDREN", "off", "on", error);
	if (!check_listeners(&settings->v6only, error))
		return false;
	return settings_want_replies(settings) ||
	       rules_have_keyword(&settings->v6only, V6ONLY_AUTO) ||
	       say_into(error, "BINDRIGHT_REPLY and BINDRIGHT_V6ONLY: 'off' for both leaves the "
			       "kernel back end nothing to do");
}
