/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of the settings: each keyword of each variable, values that are nearly keywords, and
 * that a refusal changes nothing and gives the reason in one printable line.
 */
#include "values.h"

static void assert_has_defaults(struct settings settings)
{
	assert_true(settings.is_on);
	assert_int_equal(settings.v6only.keyword, V6ONLY_FORCE);
	assert_int_equal(settings.v6only.count, 0);
	assert_int_equal(settings.reply.keyword, REPLY_ON);
	assert_int_equal(settings.reply.count, 0);
	assert_true(settings.follow);
	assert_true(names_are_empty(&settings.only));
	assert_true(names_are_empty(&settings.skip));
	assert_true(settings.children);
	assert_int_equal(settings.peers, 16384);
	assert_int_equal(settings.expiry_s, 300);
	assert_int_equal(settings.log.level, LOG_LEVEL_WARN);
	assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
}

static void has_its_defaults(void **state)
{
	(void)state;
	assert_has_defaults(defaults());
}

static void defaults_as_text_are_the_defaults(void **state)
{
	static const char *const others[] = {
		"off", "off", "off", "off", "off", NULL, NULL, "off", "16", "1"};
	struct settings settings = defaults();
	struct settings_error error;
	unsigned int i;

	(void)state;
	for (i = 0; settings_name(i) != NULL; i++) {
		const char *name = settings_name(i);

		assert_int_equal(others[i] == NULL, settings_default(i) == NULL);
		if (others[i] == NULL)
			continue;
		assert_true(settings_set(&settings, name, others[i], &error));
		assert_true(settings_set(&settings, name, settings_default(i), &error));
	}
	assert_int_equal(i, sizeof(others) / sizeof(others[0]));
	assert_null(settings_default(i));
	assert_has_defaults(settings);
}

static void takes_on_and_off(void **state)
{
	(void)state;
	assert_true(set("BINDRIGHT", "on").is_on);
	assert_false(set("BINDRIGHT", "off").is_on);
	assert_true(set("BINDRIGHT_FOLLOW", "on").follow);
	assert_false(set("BINDRIGHT_FOLLOW", "off").follow);
	assert_true(set("BINDRIGHT_CHILDREN", "on").children);
	assert_false(set("BINDRIGHT_CHILDREN", "off").children);
	assert_int_equal(set("BINDRIGHT_REPLY", "on").reply.keyword, REPLY_ON);
	assert_int_equal(set("BINDRIGHT_REPLY", "off").reply.keyword, REPLY_OFF);
	assert_int_equal(set("BINDRIGHT_REPLY", "interface").reply.keyword, REPLY_INTERFACE);
}

static void takes_the_policies(void **state)
{
	(void)state;
	assert_int_equal(set("BINDRIGHT_V6ONLY", "force").v6only.keyword, V6ONLY_FORCE);
	assert_int_equal(set("BINDRIGHT_V6ONLY", "default").v6only.keyword, V6ONLY_DEFAULT);
	assert_int_equal(set("BINDRIGHT_V6ONLY", "auto").v6only.keyword, V6ONLY_AUTO);
	assert_int_equal(set("BINDRIGHT_V6ONLY", "dual").v6only.keyword, V6ONLY_DUAL);
	assert_int_equal(set("BINDRIGHT_V6ONLY", "off").v6only.keyword, V6ONLY_OFF);
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
	assert_int_equal(settings.v6only.keyword, V6ONLY_FORCE);
}

/* A value sets its own variable and no other. */
static void leaves_the_others_alone(void **state)
{
	struct settings expected = defaults(), settings = set("BINDRIGHT_EXPIRY", "17");

	(void)state;
	expected.expiry_s = 17;
	assert_memory_equal(&settings, &expected, sizeof(expected));
	settings = set("BINDRIGHT_CHILDREN", "off");
	expected = defaults();
	expected.children = false;
	assert_memory_equal(&settings, &expected, sizeof(expected));
	settings = set("BINDRIGHT_SKIP", "a,b");
	expected = defaults();
	memcpy(expected.skip.list, "a\0b", 4);
	assert_memory_equal(&settings, &expected, sizeof(expected));
}

/* Programs that ONLY does not name are out, and so are those that SKIP names, even if ONLY names
 * them too. */
static void acts_where_only_and_skip_say(void **state)
{
	static const struct {
		const char *only, *skip;
		bool in_java, in_javac, in_nothing;
	} cases[] = {
		{NULL, NULL, true, true, true},
		{"java", NULL, true, false, false},
		{"java,javac", NULL, true, true, false},
		{"java*", NULL, true, true, false},
		{NULL, "java", false, true, true},
		{NULL, "java*", false, false, true},
		{"java*", "javac", true, false, false},
		{"javac", "java*", false, false, false},
		{"*", NULL, true, true, true},
		{NULL, "*", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings settings = defaults();
		struct settings_error error;

		if (cases[i].only != NULL)
			assert_true(
				settings_set(&settings, "BINDRIGHT_ONLY", cases[i].only, &error));
		if (cases[i].skip != NULL)
			assert_true(
				settings_set(&settings, "BINDRIGHT_SKIP", cases[i].skip, &error));
		assert_int_equal(settings_act_in(&settings, "java"), cases[i].in_java);
		assert_int_equal(settings_act_in(&settings, "javac"), cases[i].in_javac);
		assert_int_equal(settings_act_in(&settings, ""), cases[i].in_nothing);
		settings.is_on = false;
		assert_false(settings_act_in(&settings, "java"));
	}
}

static bool wants_replies(const char *value)
{
	const struct settings settings = set("BINDRIGHT_REPLY", value);

	return settings_want_replies(&settings);
}

/* One rule that is on is enough. */
static void wants_replies_if_any_socket_is_to_have_them(void **state)
{
	struct settings settings = defaults();

	(void)state;
	assert_true(wants_replies("on"));
	assert_false(wants_replies("off"));
	assert_true(wants_replies("off,udp/53=on"));
	assert_true(wants_replies("on,udp/53=off"));
	assert_false(wants_replies("off,udp/53=off"));
	settings.is_on = false;
	assert_false(settings_want_replies(&settings));
}

static const char *const wrong_keywords[] = {"", " ", "ON", "On", "on ", " on", "onn", "o", "off,",
	"OFF", "off\n", "yes", "no", "true", "1", "0", "force ", "FORCE", "forced", "on,off", "*",
	"\xc3\xb6n", "on\x7f", "\x01"};

static void refuses_unknown_keywords(void **state)
{
	static const char *const names[] = {"BINDRIGHT", "BINDRIGHT_REPLY", "BINDRIGHT_V6ONLY",
		"BINDRIGHT_FOLLOW", "BINDRIGHT_CHILDREN", "BINDRIGHT_LOG", "BINDRIGHT_PEERS",
		"BINDRIGHT_EXPIRY"};

	(void)state;
	for (size_t n = 0; n < LENGTH(names); n++)
		for (size_t w = 0; w < LENGTH(wrong_keywords); w++)
			if (strcmp(names[n], "BINDRIGHT_EXPIRY") != 0 ||
				strcmp(wrong_keywords[w], "1") != 0)
				fail_parse(names[n], wrong_keywords[w]);
	fail_parse("BINDRIGHT", "force");
	fail_parse("BINDRIGHT_V6ONLY", "on");
}

static void assert_complains(const char *name, const char *value, const char *const *parts)
{
	struct settings_error error = fail_parse(name, value);

	for (; *parts != NULL; parts++)
		if (strstr(error.text, *parts) == NULL)
			fail_msg("no '%s' in: %s", *parts, error.text);
}

static void a_complaint_names_all_that_helps(void **state)
{
	static const char *const reply[] = {
		"BINDRIGHT_REPLY", "'maybe'", "on", "interface", "off", NULL};
	static const char *const policies[] = {
		"BINDRIGHT_V6ONLY", "'maybe'", "force", "default", "auto", "dual", "off", NULL};
	static const char *const peers[] = {"BINDRIGHT_PEERS", "'maybe'", "16", "16777216", NULL};
	static const char *const expiry[] = {"BINDRIGHT_EXPIRY", "'maybe'", "1", "31536000", NULL};
	static const char *const log[] = {"BINDRIGHT_LOG", "'maybe'", "off", "error", "warn",
		"info", "debug", ":stderr", ":syslog", ":/absolute/file", NULL};
	static const char *const names[] = {
		"BINDRIGHT_ONLY", "'may/be'", "separated by commas", NULL};

	(void)state;
	assert_complains("BINDRIGHT_REPLY", "maybe", reply);
	assert_complains("BINDRIGHT_ONLY", "may/be", names);
	assert_complains("BINDRIGHT_V6ONLY", "maybe", policies);
	assert_complains("BINDRIGHT_PEERS", "maybe", peers);
	assert_complains("BINDRIGHT_EXPIRY", "maybe", expiry);
	assert_complains("BINDRIGHT_LOG", "maybe", log);
}

/* A user who sets the environment must not be able to write lines into another's log. */
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

/* To the byte: what lies behind the buffer stays. */
static void a_quotation_fits_its_buffer(void **state)
{
	char text[2 * SETTINGS_QUOTE], memory[SETTINGS_QUOTE + 1];

	(void)state;
	memset(text, '~', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++) {
		size_t kept = len < SETTINGS_QUOTE ? len : SETTINGS_QUOTE - 4;

		memset(memory, '!', sizeof(memory));
		assert_ptr_equal(settings_quote(text, len, memory), memory);
		assert_int_equal(memory[SETTINGS_QUOTE], '!');
		assert_memory_equal(memory, text, kept);
		assert_string_equal(memory + kept, len < SETTINGS_QUOTE ? "" : "...");
	}
}

static void a_long_value_is_cut_in_the_complaint(void **state)
{
	static const char *const beginning[] = {"'xxxxxxxx", "...", "on, off", NULL};
	static char value[100000];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	assert_complains("BINDRIGHT", value, beginning);
	fail_parse("BINDRIGHT_LOG", value);
	fail_parse("BINDRIGHT_PEERS", value);
	/* All lengths around the limit. */
	for (size_t len = 40; len < 140; len++) {
		value[len] = '\0';
		fail_parse("BINDRIGHT_V6ONLY", value);
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
		"BINDRIGHT_FOLLOW", "BINDRIGHT_ONLY", "BINDRIGHT_SKIP", "BINDRIGHT_CHILDREN",
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

/* Random values: accepted or refused, the settings stay within their bounds. */
static void nothing_gets_past_the_bounds(void **state)
{
	static const char alphabet[] = "on off force warn:/stderr0123456789-+,\n\xff";
	struct dice dice = {11};
	unsigned int names = 0;

	(void)state;
	while (settings_name(names) != NULL)
		names++;
	for (int round = 0; round < runs(200000); round++) {
		struct settings settings = defaults();
		struct settings_error error = {"x"};
		char value[16] = "";
		size_t len = dice_below(&dice, sizeof(value));
		const char *name = settings_name(dice_below(&dice, names));

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
		cmocka_unit_test(defaults_as_text_are_the_defaults),
		cmocka_unit_test(takes_on_and_off),
		cmocka_unit_test(takes_the_policies),
		cmocka_unit_test(the_last_of_two_values_counts),
		cmocka_unit_test(leaves_the_others_alone),
		cmocka_unit_test(acts_where_only_and_skip_say),
		cmocka_unit_test(wants_replies_if_any_socket_is_to_have_them),
		cmocka_unit_test(refuses_unknown_keywords),
		cmocka_unit_test(a_complaint_names_all_that_helps),
		cmocka_unit_test(a_complaint_has_no_control_characters),
		cmocka_unit_test(a_quotation_fits_its_buffer),
		cmocka_unit_test(a_long_value_is_cut_in_the_complaint),
		cmocka_unit_test(an_unknown_variable_is_told_the_known_ones),
		cmocka_unit_test(names_them_all_the_log_first),
		cmocka_unit_test(nothing_gets_past_the_bounds),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
