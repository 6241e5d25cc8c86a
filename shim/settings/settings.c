/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of the settings: one table of variables, one parser for each kind of value. A value
 * may contain anything, so an error quotes it cut to length and made printable. */
#include "settings/settings.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const uint32_t peers_min = 16, peers_max = 16777216;
static const uint32_t expiry_min_s = 1, expiry_max_s = 31536000; /* one year */

const char *const settings_v6only_keywords[] = {
	[V6ONLY_FORCE] = "force",
	[V6ONLY_DEFAULT] = "default",
	[V6ONLY_AUTO] = "auto",
	[V6ONLY_DUAL] = "dual",
	[V6ONLY_OFF] = "off",
	NULL,
};

/* Parses value into a variable's field of struct settings. False, with the field untouched, if the
 * value is not allowed. *error already reports the whole value as wrong; the parser may narrow it
 * down. */
typedef bool parser(const char *value, void *field, struct parse_error *error);

struct variable {
	const char *name;
	parser *parse;
	size_t field; /* offset in struct settings */
	const char *allowed;
	const char *default_value; /* as settings_init sets it */
};

static bool parse_on_off(const char *value, void *field, struct parse_error *error)
{
	bool *ret = field;
	bool is_on = strcmp(value, "on") == 0;

	(void)error;
	if (!is_on && strcmp(value, "off") != 0)
		return false;
	*ret = is_on;
	return true;
}

static bool parse_v6only(const char *value, void *field, struct parse_error *error)
{
	static const struct rules_grammar grammar = {settings_v6only_keywords, false};

	return rules_parse(value, &grammar, field, error);
}

static bool parse_reply(const char *value, void *field, struct parse_error *error)
{
	static const char *const keywords[] = {
		[REPLY_ON] = "on",
		[REPLY_INTERFACE] = "interface",
		[REPLY_OFF] = "off",
		NULL,
	};

	static const struct rules_grammar grammar = {keywords, true};

	return rules_parse(value, &grammar, field, error);
}

static bool parse_names(const char *value, void *field, struct parse_error *error)
{
	return names_parse(value, field, error);
}

/* Decimal digits only: no sign, no blank, no other base. */
static bool parse_number(const char *value, uint32_t min, uint32_t max, uint32_t *ret)
{
	uint64_t number = 0;

	if (*value == '\0')
		return false;
	for (const char *digit = value; *digit != '\0'; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		number = number * 10 + (uint64_t)(*digit - '0');
		if (number > max)
			return false;
	}
	if (number < min)
		return false;
	*ret = (uint32_t)number;
	return true;
}

static uint32_t round_up_to_power_of_two(uint32_t number)
{
	uint32_t power = 1;

	while (power < number)
		power *= 2;
	return power;
}

static bool parse_peers(const char *value, void *field, struct parse_error *error)
{
	uint32_t *ret = field, peers;

	(void)error;
	if (!parse_number(value, peers_min, peers_max, &peers))
		return false;
	*ret = round_up_to_power_of_two(peers);
	return true;
}

static bool parse_expiry(const char *value, void *field, struct parse_error *error)
{
	(void)error;
	return parse_number(value, expiry_min_s, expiry_max_s, field);
}

static bool parse_log_level(const char *keyword, size_t len, enum log_level *ret)
{
	static const char *const keywords[] = {
		[LOG_LEVEL_OFF] = "off",
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARN] = "warn",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};

	for (unsigned int level = 0; level < sizeof(keywords) / sizeof(keywords[0]); level++) {
		if (strlen(keywords[level]) == len && strncmp(keywords[level], keyword, len) == 0) {
			*ret = (enum log_level)level;
			return true;
		}
	}
	return false;
}

static bool parse_log_sink(const char *keyword, struct log_settings *ret)
{
	size_t len = strlen(keyword);

	if (strcmp(keyword, "stderr") == 0) {
		ret->sink = LOG_SINK_STDERR;
		return true;
	}
	if (strcmp(keyword, "syslog") == 0) {
		ret->sink = LOG_SINK_SYSLOG;
		return true;
	}
	if (keyword[0] != '/' || len >= sizeof(ret->path))
		return false;
	ret->sink = LOG_SINK_FILE;
	memcpy(ret->path, keyword, len + 1);
	return true;
}

static bool parse_log(const char *value, void *field, struct parse_error *error)
{
	const char *colon = strchrnul(value, ':');
	struct log_settings *ret = field;
	enum log_level level;

	(void)error;
	if (!parse_log_level(value, (size_t)(colon - value), &level))
		return false;
	if (*colon != '\0' && !parse_log_sink(colon + 1, ret))
		return false;
	ret->level = level;
	return true;
}

#define FIELD(name) offsetof(struct settings, name)
static const char on_off[] = "on, off";

static const struct variable variables[] = {
	{"BINDRIGHT_LOG", parse_log, FIELD(log),
		"off, error, warn, info, debug, then :stderr, :syslog or :/absolute/file, "
		"a path of at most 1023 bytes",
		"warn"},
	{"BINDRIGHT", parse_on_off, FIELD(is_on), on_off, "on"},
	{"BINDRIGHT_V6ONLY", parse_v6only, FIELD(v6only), "force, default, auto, dual, off",
		"force"},
	{"BINDRIGHT_REPLY", parse_reply, FIELD(reply), "on, interface, off", "on"},
	{"BINDRIGHT_FOLLOW", parse_on_off, FIELD(follow), on_off, "on"},
	{"BINDRIGHT_ONLY", parse_names, FIELD(only), NULL, NULL},
	{"BINDRIGHT_SKIP", parse_names, FIELD(skip), NULL, NULL},
	{"BINDRIGHT_CHILDREN", parse_on_off, FIELD(children), on_off, "on"},
	{"BINDRIGHT_PEERS", parse_peers, FIELD(peers), "a number of entries from 16 to 16777216",
		"16384"},
	{"BINDRIGHT_EXPIRY", parse_expiry, FIELD(expiry_s),
		"a number of seconds from 1 to 31536000", "300"},
};
enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.is_on = true,
		.v6only = {.keyword = V6ONLY_FORCE, .is_default = true},
		.reply = {.keyword = REPLY_ON, .is_default = true},
		.follow = true,
		.children = true,
		.peers = 16384,
		.expiry_s = 300,
		.log = {.level = LOG_LEVEL_WARN, .sink = LOG_SINK_STDERR},
	};
}

const char *settings_quote(const char *text, size_t len, char ret[SETTINGS_QUOTE])
{
	size_t quoted = len < SETTINGS_QUOTE ? len : SETTINGS_QUOTE - 1;

	for (size_t i = 0; i < quoted; i++)
		ret[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	ret[quoted] = '\0';
	if (quoted < len)
		memcpy(ret + quoted - 3, "...", 3);
	return ret;
}

static void report_unknown_variable(const char *name, struct settings_error *ret)
{
	char quoted[SETTINGS_QUOTE];
	int len = snprintf(ret->text, sizeof(ret->text),
		"%s: unknown variable (known:", settings_quote(name, strlen(name), quoted));

	for (unsigned int i = 0; i < VARIABLES; i++)
		len += snprintf(ret->text + len, sizeof(ret->text) - (size_t)len, " %s%s",
			variables[i].name, i + 1 < VARIABLES ? "," : ")");
}

static void report_wrong_value(const char *name, const char *value, const struct parse_error *error,
	struct settings_error *ret)
{
	char quoted[SETTINGS_QUOTE], where[sizeof(" at character 4294967295")] = "";

	/* A position says nothing when the whole value is wrong. */
	if (error->len < strlen(value))
		snprintf(where, sizeof(where), " at character %u",
			(unsigned int)(error->at - value) + 1);
	snprintf(ret->text, sizeof(ret->text), "%s: %s '%s'%s (allowed: %s)", name, error->problem,
		settings_quote(error->at, error->len, quoted), where, error->allowed);
}

static const struct variable *find_variable(const char *name)
{
	for (unsigned int i = 0; i < VARIABLES; i++)
		if (strcmp(name, variables[i].name) == 0)
			return &variables[i];
	return NULL;
}

bool settings_knows(const char *name)
{
	return find_variable(name) != NULL;
}

bool settings_set(
	struct settings *settings, const char *name, const char *value, struct settings_error *ret)
{
	const struct variable *variable = find_variable(name);
	struct parse_error error = {"invalid value", value, strlen(value), NULL};

	if (variable == NULL) {
		report_unknown_variable(name, ret);
		return false;
	}
	error.allowed = variable->allowed;
	if (variable->parse(value, (char *)settings + variable->field, &error))
		return true;
	report_wrong_value(name, value, &error, ret);
	return false;
}

bool settings_act_in(const struct settings *settings, const char *program)
{
	return settings->is_on &&
	       (names_are_empty(&settings->only) || names_match(&settings->only, program)) &&
	       !names_match(&settings->skip, program);
}

bool settings_want_replies(const struct settings *settings)
{
	return settings->is_on && (rules_have_keyword(&settings->reply, REPLY_ON) ||
					  rules_have_keyword(&settings->reply, REPLY_INTERFACE));
}

const char *settings_name(unsigned int index)
{
	return index < VARIABLES ? variables[index].name : NULL;
}

const char *settings_default(unsigned int index)
{
	return index < VARIABLES ? variables[index].default_value : NULL;
}
