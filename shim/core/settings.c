/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of the settings: one table of variables, one parser a kind of value. Values come from
 * the environment of whoever started the program, so what is quoted of them in an error is cut to
 * length and made printable.
 */
#include "core/settings.h"

#include <stdio.h>
#include <string.h>

static const uint32_t peers_min = 16, peers_max = 16777216;
static const uint32_t expiry_min_s = 1, expiry_max_s = 31536000; /* a year */

struct variable {
	const char *name;
	bool (*parse)(struct settings *settings, const char *value);
	const char *allowed;
};

static bool parse_on_off(const char *value, bool *ret)
{
	if (strcmp(value, "on") == 0)
		*ret = true;
	else if (strcmp(value, "off") == 0)
		*ret = false;
	else
		return false;
	return true;
}

static bool parse_bindright(struct settings *settings, const char *value)
{
	return parse_on_off(value, &settings->is_on);
}

static bool parse_reply(struct settings *settings, const char *value)
{
	return parse_on_off(value, &settings->reply);
}

static bool parse_follow(struct settings *settings, const char *value)
{
	return parse_on_off(value, &settings->follow);
}

static bool parse_v6only(struct settings *settings, const char *value)
{
	static const enum v6only_policy policies[] = {V6ONLY_FORCE, V6ONLY_OFF};

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (strcmp(value, listeners_policy_word(policies[i])) == 0) {
			settings->v6only = policies[i];
			return true;
		}
	}
	return false;
}

/* Decimal digits alone: no sign, no space, no other base. */
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

static bool parse_peers(struct settings *settings, const char *value)
{
	uint32_t peers;

	if (!parse_number(value, peers_min, peers_max, &peers))
		return false;
	settings->peers = round_up_to_power_of_two(peers);
	return true;
}

static bool parse_expiry(struct settings *settings, const char *value)
{
	return parse_number(value, expiry_min_s, expiry_max_s, &settings->expiry_s);
}

static bool parse_log_level(const char *word, size_t len, enum log_level *ret)
{
	static const char *const words[] = {
		[LOG_LEVEL_OFF] = "off",
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARN] = "warn",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};

	for (unsigned int level = 0; level < sizeof(words) / sizeof(words[0]); level++) {
		if (strlen(words[level]) == len && strncmp(words[level], word, len) == 0) {
			*ret = (enum log_level)level;
			return true;
		}
	}
	return false;
}

static bool parse_log_sink(const char *word, struct log_settings *ret)
{
	size_t len = strlen(word);

	if (strcmp(word, "stderr") == 0) {
		ret->sink = LOG_SINK_STDERR;
		return true;
	}
	if (word[0] != '/' || len >= sizeof(ret->path))
		return false;
	ret->sink = LOG_SINK_FILE;
	memcpy(ret->path, word, len + 1);
	return true;
}

static bool parse_log(struct settings *settings, const char *value)
{
	const char *colon = strchrnul(value, ':');
	enum log_level level;

	if (!parse_log_level(value, (size_t)(colon - value), &level))
		return false;
	if (*colon != '\0' && !parse_log_sink(colon + 1, &settings->log))
		return false;
	settings->log.level = level;
	return true;
}

static const struct variable variables[] = {
	{"BINDRIGHT_LOG", parse_log,
		"off, error, warn, info, debug, then :stderr or :/absolute/file, "
		"a path of at most 1023 bytes"},
	{"BINDRIGHT", parse_bindright, "on, off"},
	{"BINDRIGHT_V6ONLY", parse_v6only, "force, off"},
	{"BINDRIGHT_REPLY", parse_reply, "on, off"},
	{"BINDRIGHT_FOLLOW", parse_follow, "on, off"},
	{"BINDRIGHT_PEERS", parse_peers, "a number of entries from 16 to 16777216"},
	{"BINDRIGHT_EXPIRY", parse_expiry, "a number of seconds from 1 to 31536000"},
};
enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.is_on = true,
		.v6only = V6ONLY_FORCE,
		.reply = true,
		.follow = true,
		.peers = 65536,
		.expiry_s = 300,
		.log = {.level = LOG_LEVEL_WARN, .sink = LOG_SINK_STDERR},
	};
}

/* Copies text into room, cut to length, with '?' for what is not printable ASCII. */
static const char *quote(const char *text, char *room, size_t size)
{
	size_t len = 0;

	for (; text[len] != '\0' && len + 1 < size; len++)
		room[len] = text[len] >= ' ' && text[len] <= '~' ? text[len] : '?';
	room[len] = '\0';
	if (text[len] != '\0')
		memcpy(room + len - 3, "...", 3);
	return room;
}

static void say_unknown_variable(const char *name, struct settings_error *ret)
{
	char quoted[64];
	int len = snprintf(ret->text, sizeof(ret->text),
		"%s: unknown variable (known:", quote(name, quoted, sizeof(quoted)));

	for (unsigned int i = 0; i < VARIABLES; i++)
		len += snprintf(ret->text + len, sizeof(ret->text) - (size_t)len, " %s%s",
			variables[i].name, i + 1 < VARIABLES ? "," : ")");
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
	char quoted[64];

	if (variable == NULL) {
		say_unknown_variable(name, ret);
		return false;
	}
	if (variable->parse(settings, value))
		return true;
	snprintf(ret->text, sizeof(ret->text), "%s: unknown word '%s' (allowed: %s)", name,
		quote(value, quoted, sizeof(quoted)), variable->allowed);
	return false;
}

const char *settings_name(unsigned int index)
{
	return index < VARIABLES ? variables[index].name : NULL;
}
