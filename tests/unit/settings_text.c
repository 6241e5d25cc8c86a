/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of settings files: which settings are accepted from which lines, and the complaints
 * about the rest. */
#include "ctl/settings_text.h"

#include "unit.h"

/* The text is in memory that ends with it. */
static bool parse(
	const char *text, size_t len, struct assignments *ret, struct error_line *error_line)
{
	unsigned char *end = guarded_end();
	bool is_good;

	*ret = (struct assignments){0};
	memcpy(end - len, text, len);
	is_good = settings_text_parse((char *)end - len, len, "file", ret, error_line);
	guarded_free(end);
	return is_good;
}

static void assert_takes(const char *text, const char *name, const char *value, const char *where)
{
	struct assignments got;
	struct error_line error_line;
	const struct assignment *entry;

	if (!parse(text, strlen(text), &got, &error_line))
		fail_msg("'%s': %s", text, error_line.text);
	entry = assignments_find(&got, name);
	assert_non_null(entry);
	assert_string_equal(entry->value, value);
	assert_string_equal(entry->where, where);
}

static void assert_refuses_bytes(const char *text, size_t len, const char *expected)
{
	struct assignments got;
	struct error_line error_line;

	assert_false(parse(text, len, &got, &error_line));
	if (strstr(error_line.text, expected) != error_line.text)
		fail_msg("'%s' does not begin with '%s'", error_line.text, expected);
}

static void assert_refuses(const char *text, const char *expected)
{
	assert_refuses_bytes(text, strlen(text), expected);
}

static void lines_are_taken(void **state)
{
	(void)state;
	assert_takes("BINDRIGHT=on", "BINDRIGHT", "on", "file:1");
	assert_takes("BINDRIGHT=on\n", "BINDRIGHT", "on", "file:1");
	assert_takes(
		"# a\n\n \t\n\t# b\n \tBINDRIGHT_A1=x y\t \n", "BINDRIGHT_A1", "x y", "file:5");
	assert_takes("BINDRIGHT_A=\n", "BINDRIGHT_A", "", "file:1");
	assert_takes("BINDRIGHT_A==a=#b\n", "BINDRIGHT_A", "=a=#b", "file:1");
	assert_takes("BINDRIGHT_A=\"$x\"\n", "BINDRIGHT_A", "\"$x\"", "file:1");
	assert_takes("BINDRIGHT_A= x\n", "BINDRIGHT_A", " x", "file:1");
	assert_takes("BINDRIGHT_A=\303\244\n", "BINDRIGHT_A", "\303\244", "file:1");
}

static void the_last_line_of_a_name_counts(void **state)
{
	(void)state;
	assert_takes("BINDRIGHT_A=1\nBINDRIGHT_B=2\nBINDRIGHT_A=3\n", "BINDRIGHT_A", "3", "file:3");
	assert_takes("BINDRIGHT_A=1\nBINDRIGHT_B=2\nBINDRIGHT_A=3\n", "BINDRIGHT_B", "2", "file:2");
}

static void a_text_of_nothing_takes_nothing(void **state)
{
	static const char *const texts[] = {"", "\n", "#", "# BINDRIGHT=on", " ", "\t\n\n#\r\n"};
	struct assignments got;
	struct error_line error_line;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		assert_true(parse(texts[i], strlen(texts[i]), &got, &error_line));
		assert_int_equal(got.count, 0);
	}
}

static void lines_that_are_none(void **state)
{
	(void)state;
	assert_refuses(
		"x", "file:1: 'x' is not a setting (allowed: BINDRIGHT_NAME=value, # comment");
	assert_refuses("\n\nx=1", "file:3: 'x' is not a setting (allowed: BINDRIGHT and names");
	assert_refuses("=1", "file:1: '' is not a setting");
	assert_refuses("BINDRIGHTER=1", "file:1: 'BINDRIGHTER' is not a setting");
	assert_refuses("bindright=1", "file:1: 'bindright' is not a setting");
	assert_refuses("BINDRIGHT_A =1", "file:1: 'BINDRIGHT_A ' is not a setting");
	assert_refuses("BINDRIGHT_A-B=1", "file:1: 'BINDRIGHT_A-B' is not a setting");
	assert_refuses("export BINDRIGHT=1", "file:1: 'export BINDRIGHT' is not a setting");
	assert_refuses("BINDRIGHT_\303\204=1", "file:1: 'BINDRIGHT_?\?' is not a setting");
	/* A byte order mark, which editors do not show. */
	assert_refuses("\357\273\277BINDRIGHT=on", "file:1: '?\?\?BINDRIGHT' is not a setting");
}

static void a_long_line_is_quoted_in_part(void **state)
{
	char text[400], expected[128] = "file:1: '";

	(void)state;
	memset(text, 'x', sizeof(text));
	memset(expected + 9, 'x', 60);
	strcpy(expected + 69, "...' is not a setting");
	assert_refuses_bytes(text, sizeof(text), expected);
}

static void control_characters(void **state)
{
	(void)state;
	assert_refuses(
		"BINDRIGHT=on\r\n", "file:1: BINDRIGHT: the value holds a control character");
	assert_refuses("#\nBINDRIGHT=o\tn\n", "file:2: BINDRIGHT: the value holds a control");
	assert_refuses("\n\r\n", "file:2: the line holds a control character");
	assert_refuses("BINDRIGHT=\177\n", "file:1: BINDRIGHT: the value holds a control");
}

static void bytes_of_nul(void **state)
{
	(void)state;
	assert_refuses_bytes("BINDRIGHT=on\0", 13, "file:1: the line holds a NUL byte");
	assert_refuses_bytes("BINDRIGHT=on\n\0\n", 15, "file:2: the line holds a NUL byte");
	assert_refuses_bytes("# a comment\0\n", 13, "file:1: the line holds a NUL byte");
	assert_refuses_bytes("\0", 1, "file:1: the line holds a NUL byte");
	/* UTF-16 */
	assert_refuses_bytes("\377\376B\0I\0", 6, "file:1: the line holds a NUL byte");
}

/* Settings before the invalid line may stay, because the caller gives up. */
static void texts_of_all_kinds(void **state)
{
	static const char alphabet[] = "\n\n#= \t\r\0A_B";
	struct dice dice = {47};

	(void)state;
	for (int round = 0; round < runs(5000); round++) {
		char text[64];
		size_t len = dice_below(&dice, sizeof(text));
		struct assignments got;
		struct error_line error_line = {""};

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[dice_below(&dice, sizeof(alphabet) - 1)];
		if (len > 10 && dice_below(&dice, 2))
			memcpy(text, "BINDRIGHT_", 10);
		if (!parse(text, len, &got, &error_line))
			assert_memory_equal(error_line.text, "file:", 5);
		for (size_t i = 0; i < got.count; i++)
			assert_true(
				assignments_is_setting(got.list[i].name, strlen(got.list[i].name)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken),
		cmocka_unit_test(the_last_line_of_a_name_counts),
		cmocka_unit_test(a_text_of_nothing_takes_nothing),
		cmocka_unit_test(lines_that_are_none),
		cmocka_unit_test(a_long_line_is_quoted_in_part),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(bytes_of_nul),
		cmocka_unit_test(texts_of_all_kinds),
	};

	return cmocka_run_group_tests_name("settings_text", tests, NULL, NULL);
}
