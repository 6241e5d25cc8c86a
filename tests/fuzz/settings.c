/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of the settings, which may contain any bytes. The input is NAME=VALUE. A refusal
 * changes nothing and gives the reason in one printable line; an accepted value causes no line, and
 * has the same result when it is set again.
 */
#include "settings/settings.h"

#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

static const char *const keywords[] = {
	"BINDRIGHT=on",
	"BINDRIGHT=off",
	"BINDRIGHT_V6ONLY=force",
	"BINDRIGHT_V6ONLY=default",
	"BINDRIGHT_V6ONLY=auto,tcp/1521=off",
	"BINDRIGHT_V6ONLY=force,tcp/1521=off,udp/5000-5100=dual,*/0=off",
	"BINDRIGHT_REPLY=off",
	"BINDRIGHT_REPLY=on,udp/53=off",
	"BINDRIGHT_REPLY=interface,udp/53=on",
	"BINDRIGHT_FOLLOW=off",
	"BINDRIGHT_ONLY=named,in.*,[a-c]?d",
	"BINDRIGHT_SKIP=java",
	"BINDRIGHT_CHILDREN=off",
	"BINDRIGHT_PEERS=65536",
	"BINDRIGHT_PEERS=16777216",
	"BINDRIGHT_EXPIRY=31536000",
	"BINDRIGHT_LOG=debug:/var/log/bindright.log",
	"BINDRIGHT_LOG=info:stderr",
	"BINDRIGHT_LOG=warn:syslog",
	"BINDRIGHT_LOG=off",
	"BINDRIGHT_NONE=1",
	"=",
};

enum { WORDS = sizeof(keywords) / sizeof(keywords[0]) };

/* Values of the maximum length, and longer by one: begin, followed by each of the pieces. */
static const struct {
	const char *begin, *piece;
	unsigned int count;
} long_values[] = {
	{"BINDRIGHT_LOG=info:/", "x", LOG_PATH - 2},
	{"BINDRIGHT_V6ONLY=force", ",udp/1-9=off", RULES_MAX},
	{"BINDRIGHT_ONLY=a", ",a", (NAMES_LIST - 2) / 2},
	{"BINDRIGHT_SKIP=", "[a-z]?", NAMES_LIST / 6},
};
enum { LONG_VALUES = sizeof(long_values) / sizeof(long_values[0]) };

static size_t write_long_value(uint8_t *data, unsigned int index)
{
	unsigned int count = long_values[index / 2].count + index % 2;
	size_t len = (size_t)sprintf((char *)data, "%s", long_values[index / 2].begin);

	for (unsigned int i = 0; i < count && len + 16 < FUZZ_INPUT_MAX; i++)
		len += (size_t)sprintf((char *)data + len, "%s", long_values[index / 2].piece);
	return len;
}

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	if (index < WORDS)
		return (size_t)sprintf((char *)data, "%s", keywords[index]);
	index -= WORDS;
	return index < 2 * LONG_VALUES ? write_long_value(data, index) : 0;
}

static void check_line(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	FUZZ_CHECK(len > 0 && len < size);
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK(text[i] >= ' ' && text[i] <= '~');
}

static void check_rules(const struct rules *rules)
{
	char text[RULE_TEXT];

	FUZZ_CHECK(rules->count <= RULES_MAX);
	for (int i = 0; i < rules->count; i++) {
		FUZZ_CHECK(rules->list[i].first <= rules->list[i].last);
		check_line(rule_format(&rules->list[i], text), sizeof(text));
		rules_keyword(rules, RULES_UDP, rules->list[i].last);
	}
}

static void check_taken(const struct settings *settings)
{
	check_rules(&settings->v6only);
	check_rules(&settings->reply);
	settings_act_in(settings, "in.tftpd");
	settings_act_in(settings, "");
	FUZZ_CHECK(settings->peers >= 16 && (settings->peers & (settings->peers - 1)) == 0);
	FUZZ_CHECK(settings->expiry_s >= 1);
	FUZZ_CHECK(settings->log.level <= LOG_LEVEL_DEBUG);
	FUZZ_CHECK(strnlen(settings->log.path, LOG_PATH) < LOG_PATH);
	if (settings->log.sink == LOG_SINK_FILE)
		FUZZ_CHECK(settings->log.path[0] == '/');
}

static void check_setting(const char *name, const char *value)
{
	static struct settings settings, before;
	struct settings_error error = {"untouched"};

	/* All of it, because memcmp compares padding too. */
	memset(&settings, 0, sizeof(settings));
	settings_init(&settings);
	memcpy(&before, &settings, sizeof(before));
	if (!settings_set(&settings, name, value, &error)) {
		FUZZ_CHECK(memcmp(&settings, &before, sizeof(before)) == 0);
		check_line(error.text, sizeof(error.text));
		return;
	}
	FUZZ_CHECK(settings_knows(name));
	FUZZ_CHECK(strcmp(error.text, "untouched") == 0);
	check_taken(&settings);
	memcpy(&before, &settings, sizeof(before));
	FUZZ_CHECK(settings_set(&settings, name, value, &error));
	FUZZ_CHECK(memcmp(&settings, &before, sizeof(before)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *equals;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	equals = strchr(text, '=');
	if (equals != NULL) {
		*equals = '\0';
		check_setting(text, equals + 1);
	}
	free(text);
	return 0;
}
