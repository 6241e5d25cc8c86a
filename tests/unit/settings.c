/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of the settings: each word of each variable, what is close to a word but none, and
 * that a refusal changes nothing and says what is wrong in one printable line.
 */
#include "core/settings.h"

#include "unit.h"

#include <stdio.h>

static struct settings defaults(void)
{
	struct settings settings;

	/* So that the padding compares, too. */
	memset(&settings, 0, sizeof(settings));
	settings_init(&settings);
	return settings;
}

static struct settings set(const char *name, const char *value)
{
	struct settings settings = defaults();
	struct settings_error error = {"untouched"};

	if (!settings_set(&settings, name, value, &error))
		fail_msg("%s=%s: %s", name, value, error.text);
	assert_string_equal(error.text, "untouched");
	return settings;
}

static void assert_printable_line(const char *text, size_t room)
{
	size_t len = strnlen(text, room);

	assert_in_range(len, 1, room - 1);
	for (size_t i = 0; i < len; i++)
		assert_in_range((unsigned char)text[i], ' ', '~');
}

/* Returns the complaint. */
static struct settings_error refuse(const char *name, const char *value)
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

static void has_its_defaults(void **state)
{
	struct settings settings = defaults();

	(void)state;
	assert_true(settings.is_on);
	assert_int_equal(settings.v6only.word, V6ONLY_FORCE);
	assert_int_equal(settings.reply.word, REPLY_ON);
	assert_int_equal(settings.peers, 65536);
	assert_int_equal(settings.expiry_s, 300);
	assert_int_equal(settings.log.level, LOG_LEVEL_WARN);
	assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
}

static void takes_on_and_off(void **state)
{
	(void)state;
	assert_true(set("BINDRIGHT", "on").is_on);
	assert_false(set("BINDRIGHT", "off").is_on);
	assert_int_equal(set("BINDRIGHT_REPLY", "on").reply.word, REPLY_ON);
	assert_int_equal(set("BINDRIGHT_REPLY", "off").reply.word, REPLY_OFF);
}

static void takes_the_policies(void **state)
{
	(void)state;
	assert_int_equal(set("BINDRIGHT_V6ONLY", "force").v6only.word, V6ONLY_FORCE);
	assert_int_equal(set("BINDRIGHT_V6ONLY", "off").v6only.word, V6ONLY_OFF);
}

static void the_last_of_two_values_counts(void **state)
{
	struct settings settings = set("BINDRIGHT", "off");
	struct settings_error error;

	(void)state;
	assert_true(settings_set(&settings, "BINDRIGHT", "on", &error));
	assert_true(settings.is_on);
	assert_true(settings_set(&settings, "BINDRIGHT_V6ONLY", "off", &error));
	assert_true(settings_set(&settings, "BINDRIGHT_V6ONLY", "force", &error));
	assert_int_equal(settings.v6only.word, V6ONLY_FORCE);
}

/* A value sets its own variable and no other. */
static void leaves_the_others_alone(void **state)
{
	struct settings expected = defaults(), settings = set("BINDRIGHT_EXPIRY", "17");

	(void)state;
	expected.expiry_s = 17;
	assert_memory_equal(&settings, &expected, sizeof(expected));
}

static const char *const wrong_words[] = {"", " ", "ON", "On", "on ", " on", "onn", "o", "off,",
	"OFF", "off\n", "yes", "no", "true", "1", "0", "force ", "FORCE", "forced", "on,off", "*",
	"\xc3\xb6n", "on\x7f", "\x01"};

static void refuses_what_is_no_word(void **state)
{
	static const char *const names[] = {"BINDRIGHT", "BINDRIGHT_REPLY", "BINDRIGHT_V6ONLY",
		"BINDRIGHT_LOG", "BINDRIGHT_PEERS", "BINDRIGHT_EXPIRY"};

	(void)state;
	for (size_t n = 0; n < LENGTH(names); n++)
		for (size_t w = 0; w < LENGTH(wrong_words); w++)
			if (strcmp(names[n], "BINDRIGHT_EXPIRY") != 0 ||
				strcmp(wrong_words[w], "1") != 0)
				refuse(names[n], wrong_words[w]);
	refuse("BINDRIGHT", "force");
	refuse("BINDRIGHT_V6ONLY", "on");
}

static void rounds_peers_up_to_a_power_of_two(void **state)
{
	static const struct {
		const char *value;
		uint32_t peers;
	} cases[] = {{"16", 16}, {"17", 32}, {"31", 32}, {"32", 32}, {"33", 64}, {"1000", 1024},
		{"65535", 65536}, {"65536", 65536}, {"65537", 131072}, {"8388609", 16777216},
		{"16777215", 16777216}, {"16777216", 16777216}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(set("BINDRIGHT_PEERS", cases[i].value).peers, cases[i].peers);
}

static void takes_seconds_up_to_a_year(void **state)
{
	(void)state;
	assert_int_equal(set("BINDRIGHT_EXPIRY", "1").expiry_s, 1);
	assert_int_equal(set("BINDRIGHT_EXPIRY", "300").expiry_s, 300);
	assert_int_equal(set("BINDRIGHT_EXPIRY", "31536000").expiry_s, 31536000);
}

static void refuses_what_is_no_number(void **state)
{
	static const char *const wrong[] = {"", "-1", "+16", "-16", " 16", "16 ", "16\n", "0x10",
		"0x100", "1e3", "16.0", "16,", "1 6", "16k", "1_000", "\xd9\xa1\xd9\xa6"};

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		refuse("BINDRIGHT_PEERS", wrong[i]);
		refuse("BINDRIGHT_EXPIRY", wrong[i]);
	}
}

/* Among them, numbers that are within the bounds modulo 2 to the 32nd or the 64th. */
static void refuses_numbers_out_of_bounds(void **state)
{
	static const char *const too_large[] = {"31536001", "4294967296", "4294967396",
		"18446744073709551616", "18446744073709551716", "18446744073709551615",
		"340282366920938463463374607431768211556",
		"99999999999999999999999999999999999999999999999999999999999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < LENGTH(too_large); i++) {
		refuse("BINDRIGHT_PEERS", too_large[i]);
		refuse("BINDRIGHT_EXPIRY", too_large[i]);
	}
	refuse("BINDRIGHT_PEERS", "16777217");
	refuse("BINDRIGHT_PEERS", "15");
	refuse("BINDRIGHT_PEERS", "0");
	refuse("BINDRIGHT_EXPIRY", "0");
}

static void takes_levels(void **state)
{
	static const struct {
		const char *word;
		enum log_level level;
	} levels[] = {{"off", LOG_LEVEL_OFF}, {"error", LOG_LEVEL_ERROR}, {"warn", LOG_LEVEL_WARN},
		{"info", LOG_LEVEL_INFO}, {"debug", LOG_LEVEL_DEBUG}};

	(void)state;
	for (size_t i = 0; i < LENGTH(levels); i++) {
		struct settings settings = set("BINDRIGHT_LOG", levels[i].word);
		char value[32];

		assert_int_equal(settings.log.level, levels[i].level);
		assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
		snprintf(value, sizeof(value), "%s:stderr", levels[i].word);
		settings = set("BINDRIGHT_LOG", value);
		assert_int_equal(settings.log.level, levels[i].level);
		assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
	}
}

static void takes_files(void **state)
{
	struct settings settings = set("BINDRIGHT_LOG", "info:/var/log/a b:c.log");

	(void)state;
	assert_int_equal(settings.log.level, LOG_LEVEL_INFO);
	assert_int_equal(settings.log.sink, LOG_SINK_FILE);
	assert_string_equal(settings.log.path, "/var/log/a b:c.log");
}

static void refuses_other_logs(void **state)
{
	static const char *const wrong[] = {"warn:", ":stderr", ":", "warn:STDERR", "warn:stderr ",
		"warn:stdout", "warn:relative.log", "warn:./relative.log", "warn: /x", "warning",
		"WARN", "warn,stderr", "stderr", "/var/log/x", "5", "warn:stderr:stderr", "war",
		"warnn:stderr", "debug info"};

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++)
		refuse("BINDRIGHT_LOG", wrong[i]);
}

/* "warn:/xxx", its path len bytes long. */
static const char *log_value(size_t len)
{
	static char value[2 * LOG_PATH];
	const size_t prefix = strlen("warn:");

	assert_true(prefix + len < sizeof(value));
	memset(value, 'x', sizeof(value));
	memcpy(value, "warn:/", prefix + 1);
	value[prefix + len] = '\0';
	return value;
}

static void a_path_has_its_limit(void **state)
{
	(void)state;
	assert_int_equal(strlen(set("BINDRIGHT_LOG", log_value(1)).log.path), 1);
	assert_int_equal(
		strlen(set("BINDRIGHT_LOG", log_value(LOG_PATH - 1)).log.path), LOG_PATH - 1);
	refuse("BINDRIGHT_LOG", log_value(LOG_PATH));
	refuse("BINDRIGHT_LOG", log_value(LOG_PATH + 500));
}

static void assert_complains(const char *name, const char *value, const char *const *parts)
{
	struct settings_error error = refuse(name, value);

	for (; *parts != NULL; parts++)
		if (strstr(error.text, *parts) == NULL)
			fail_msg("no '%s' in: %s", *parts, error.text);
}

static void a_complaint_names_all_that_helps(void **state)
{
	static const char *const on_off[] = {"BINDRIGHT_REPLY", "'maybe'", "on", "off", NULL};
	static const char *const policies[] = {"BINDRIGHT_V6ONLY", "'maybe'", "force", "off", NULL};
	static const char *const peers[] = {"BINDRIGHT_PEERS", "'maybe'", "16", "16777216", NULL};
	static const char *const expiry[] = {"BINDRIGHT_EXPIRY", "'maybe'", "1", "31536000", NULL};
	static const char *const log[] = {"BINDRIGHT_LOG", "'maybe'", "off", "error", "warn",
		"info", "debug", ":stderr", NULL};

	(void)state;
	assert_complains("BINDRIGHT_REPLY", "maybe", on_off);
	assert_complains("BINDRIGHT_V6ONLY", "maybe", policies);
	assert_complains("BINDRIGHT_PEERS", "maybe", peers);
	assert_complains("BINDRIGHT_EXPIRY", "maybe", expiry);
	assert_complains("BINDRIGHT_LOG", "maybe", log);
}

/* Whoever sets the environment must not write lines of their own into somebody else's log. */
static void a_complaint_has_no_control_characters(void **state)
{
	static const char *const quoted[] = {"a?b?c?d??e?", NULL};

	(void)state;
	assert_complains("BINDRIGHT",
		"a\nb\x1b"
		"c\td\xc3\xbc"
		"e\x7f",
		quoted);
}

static void a_long_word_is_cut_in_the_complaint(void **state)
{
	static const char *const beginning[] = {"'xxxxxxxx", "...", "on, off", NULL};
	static char value[100000];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	assert_complains("BINDRIGHT", value, beginning);
	refuse("BINDRIGHT_LOG", value);
	refuse("BINDRIGHT_PEERS", value);
	/* All lengths around the cut. */
	for (size_t len = 40; len < 140; len++) {
		value[len] = '\0';
		refuse("BINDRIGHT_V6ONLY", value);
		value[len] = 'x';
	}
}

static void assert_unknown(const char *name)
{
	const struct settings before = defaults();
	struct settings settings = before;
	struct settings_error error;

	assert_false(settings_knows(name));
	assert_false(settings_set(&settings, name, "on", &error));
	assert_memory_equal(&settings, &before, sizeof(before));
	assert_printable_line(error.text, sizeof(error.text));
	for (unsigned int i = 0; settings_name(i) != NULL; i++)
		assert_non_null(strstr(error.text, settings_name(i)));
}

static void an_unknown_variable_is_told_the_known_ones(void **state)
{
	static char long_name[2000];

	(void)state;
	memset(long_name, 'X', sizeof(long_name) - 1);
	assert_unknown("");
	assert_unknown("BINDRIGHT_");
	assert_unknown("BINDRIGHT_V6ONLYS");
	assert_unknown("BINDRIGHT_V6ONL");
	assert_unknown("bindright");
	assert_unknown("bindright_log");
	assert_unknown("BINDRIGHT_LOG ");
	assert_unknown("BIND\nRIGHT");
	assert_unknown("PATH");
	assert_unknown(long_name);
}

static void names_them_all_the_log_first(void **state)
{
	static const char *const names[] = {"BINDRIGHT", "BINDRIGHT_V6ONLY", "BINDRIGHT_REPLY",
		"BINDRIGHT_PEERS", "BINDRIGHT_EXPIRY"};
	unsigned int count = 0;

	(void)state;
	assert_string_equal(settings_name(0), "BINDRIGHT_LOG");
	while (settings_name(count) != NULL)
		assert_true(settings_knows(settings_name(count++)));
	assert_null(settings_name(count + 1));
	assert_null(settings_name(UINT32_MAX));
	for (size_t n = 0; n < LENGTH(names); n++) {
		unsigned int found = 0;

		for (unsigned int i = 0; i < count; i++)
			found += strcmp(settings_name(i), names[n]) == 0;
		assert_int_equal(found, 1);
	}
}

/* Values of random bytes: taken or refused, the settings stay within their bounds. */
static void nothing_gets_past_the_bounds(void **state)
{
	static const char alphabet[] = "on off force warn:/stderr0123456789-+,\n\xff";
	struct dice dice = {11};

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct settings settings = defaults();
		struct settings_error error = {"x"};
		char value[16] = "";
		size_t len = dice_below(&dice, sizeof(value));
		const char *name = settings_name(dice_below(&dice, 6));

		for (size_t i = 0; i < len; i++)
			value[i] = alphabet[dice_below(&dice, sizeof(alphabet))];
		settings_set(&settings, name, value, &error);
		assert_printable_line(error.text, sizeof(error.text));
		assert_in_range(settings.peers, 16, 16777216);
		assert_int_equal(settings.peers & (settings.peers - 1), 0);
		assert_in_range(settings.expiry_s, 1, 31536000);
		assert_in_range(settings.log.level, LOG_LEVEL_OFF, LOG_LEVEL_DEBUG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_its_defaults),
		cmocka_unit_test(takes_on_and_off),
		cmocka_unit_test(takes_the_policies),
		cmocka_unit_test(the_last_of_two_values_counts),
		cmocka_unit_test(leaves_the_others_alone),
		cmocka_unit_test(refuses_what_is_no_word),
		cmocka_unit_test(rounds_peers_up_to_a_power_of_two),
		cmocka_unit_test(takes_seconds_up_to_a_year),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(refuses_numbers_out_of_bounds),
		cmocka_unit_test(takes_levels),
		cmocka_unit_test(takes_files),
		cmocka_unit_test(refuses_other_logs),
		cmocka_unit_test(a_path_has_its_limit),
		cmocka_unit_test(a_complaint_names_all_that_helps),
		cmocka_unit_test(a_complaint_has_no_control_characters),
		cmocka_unit_test(a_long_word_is_cut_in_the_complaint),
		cmocka_unit_test(an_unknown_variable_is_told_the_known_ones),
		cmocka_unit_test(names_them_all_the_log_first),
		cmocka_unit_test(nothing_gets_past_the_bounds),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
