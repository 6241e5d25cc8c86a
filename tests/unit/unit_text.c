/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The format of systemd's unit files: lines, words, quoting and specifiers. */
#include "ctl/units/unit_text.h"
#include "ctl/units/unit_name.h"

#include "unit.h"

#include <stdlib.h>

/* The text is in memory that ends with it, and so are the words. Each assignment is written as
 * SECTION:LINE:KEY=VALUE; and the words of a value as (word). */
static void assert_lines(const char *text, const char *expected)
{
	unsigned char *end = guarded_end();
	const size_t size = strlen(text) + 1;
	char got[1024] = "";
	struct unit_text at = {.next = memcpy(end - size, text, size)};

	while (unit_text_next(&at))
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s:%u:%s=%s;", at.section,
			at.line, at.key, at.value);
	guarded_free(end);
	if (strcmp(got, expected) != 0)
		fail_msg("'%s' is read as '%s', not '%s'", text, got, expected);
}

static void lines_are_read(void **state)
{
	(void)state;
	assert_lines("", "");
	assert_lines("\n\n", "");
	assert_lines("A=b", ":1:A=b;");
	assert_lines("[S]\n A \t= b c \nB=\n", "S:2:A=b c;S:3:B=;");
	assert_lines("[S]\r\nA=b\r\n", "S:2:A=b;");
	assert_lines("[S]\n#A=b\n  ;A=c\nnothing\n=x\n", "S:5:=x;");
	assert_lines("[S]\nA=b=c [d]\n[T]\nA==\n", "S:2:A=b=c [d];T:4:A==;");
	assert_lines("[no end\nA=b", "no end:2:A=b;");
}

static void backslashes_continue(void **state)
{
	(void)state;
	assert_lines("A=b\\\nc\nB=d", ":1:A=b c;:3:B=d;");
	assert_lines("A=b \\\n# comment \\\n; another\n  c\nB=d", ":1:A=b    c;:5:B=d;");
	assert_lines("A=b\\\\\nB=c\\\\\\\nd", ":1:A=b\\\\;:2:B=c\\\\ d;");
	assert_lines("A=b\\", ":1:A=b;");
	assert_lines("A=\\\n\nB=c", ":1:A=;:3:B=c;");
	assert_lines("# no \\\nA=b", ":2:A=b;");
}

static void assert_words(const char *text, const char *expected)
{
	unsigned char *end = guarded_end();
	const size_t size = strlen(text) + 1;
	char got[1024] = "", word[16];
	const char *at = memcpy(end - size, text, size);

	while (at != NULL && unit_word_next(&at, word, sizeof(word)))
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "(%s)", word);
	if (at == NULL)
		strcat(got, "!");
	guarded_free(end);
	if (strcmp(got, expected) != 0)
		fail_msg("'%s' is split into %s, not %s", text, got, expected);
}

static void words_are_split(void **state)
{
	(void)state;
	assert_words("", "");
	assert_words(" \t ", "");
	assert_words("a  b\tc ", "(a)(b)(c)");
	assert_words("\"a b\" 'c \"d' \"\"", "(a b)(c \"d)()");
	assert_words("a\"b c\"d'e'", "(ab cde)");
	assert_words("a\\x41\\101\\s\\n\\\\", "(aAA \n\\)");
	assert_words("\"\\\"\" '\\''", "(\")(')");
}

/* What systemd refuses, and a word of 16 bytes. */
static void wrong_words_end_the_text(void **state)
{
	static const char *const wrong[] = {"\"b", "'b", "b\\", "b\\q", "b\\x4", "b\\xg1", "b\\000",
		"b\\x00", "b\\777", "b\\x+1", "b\\ 12", "0123456789abcdef"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		snprintf(text, sizeof(text), "a %s c", wrong[i]);
		if (wrong[i][strlen(wrong[i]) - 1] == '\\')
			text[strlen(text) - 2] = '\0';
		assert_words(text, "(a)!");
	}
	assert_words("0123456789abcde", "(0123456789abcde)");
}

static void assert_quoted(const char *word, const char *expected)
{
	char *quoted = unit_word_quote(word);

	assert_string_equal(quoted, expected);
	free(quoted);
}

static void quotes_where_necessary(void **state)
{
	(void)state;
	assert_quoted("LD_PRELOAD=/usr/lib/a-b.so:c", "LD_PRELOAD=/usr/lib/a-b.so:c");
	assert_quoted("A=udp/53=off,*?", "A=udp/53=off,*?");
	assert_quoted("", "\"\"");
	assert_quoted("a b", "\"a b\"");
	assert_quoted("100%", "100%%");
	assert_quoted("\"\\'$;#", "\"\\\"\\\\'$;#\"");
	assert_quoted("a\tb\n", "\"a\\tb\\n\"");
	assert_quoted("\303\274", "\"\303\274\"");
}

/* What systemd makes of the words of this line. */
static void assert_reads_back(const char *line, const char *word)
{
	char got[64];
	struct unit_text text = {.next = line};
	const char *at;
	char *expanded;

	assert_true(unit_text_next(&text));
	at = text.value;
	assert_true(unit_word_next(&at, got, sizeof(got)));
	expanded = unit_name_expand(got, "u.service");
	assert_string_equal(expanded, word);
	free(expanded);
	assert_false(unit_word_next(&at, got, sizeof(got)));
	assert_non_null(at);
	assert_true(unit_text_next(&text));
	assert_string_equal(text.key, "B");
	assert_false(unit_text_next(&text));
}

/* Whatever is quoted is read as it was, as one word, and begins no comment. */
static void quoted_words_come_back(void **state)
{
	static const char from[] = "ab %%in \t\n\"'\\$`;#=[]x4101{}\303\274";
	struct dice dice = {1};

	(void)state;
	for (int round = 0; round < runs(20000); round++) {
		char word[12] = "", line[128], *quoted;
		const size_t len = dice_below(&dice, sizeof(word));

		for (size_t i = 0; i < len; i++)
			word[i] = from[dice_below(&dice, sizeof(from) - 1)];
		quoted = unit_word_quote(word);
		snprintf(line, sizeof(line), "A=%s\nB=c", quoted);
		assert_reads_back(line, word);
		free(quoted);
	}
}

/* No bytes lead out of the text. */
static void any_text_is_survived(void **state)
{
	static const char from[] = "[]=\\\n\n \"'#;%xA0";
	struct dice dice = {2};

	(void)state;
	for (int round = 0; round < runs(20000); round++) {
		unsigned char *end = guarded_end();
		const size_t size = 1 + dice_below(&dice, 40);
		char word[8];
		struct unit_text at = {.next = (char *)end - size};

		for (size_t i = 0; i < size - 1; i++)
			end[(ptrdiff_t)i - (ptrdiff_t)size] =
				(unsigned char)from[dice_below(&dice, sizeof(from) - 1)];
		end[-1] = '\0';
		while (unit_text_next(&at)) {
			const char *words = at.value;

			while (words != NULL && unit_word_next(&words, word, sizeof(word)))
				;
			free(unit_name_expand(at.value, "a@b.service"));
		}
		guarded_free(end);
	}
}

static void assert_expands(const char *text, const char *unit, const char *expected)
{
	char *got = unit_name_expand(text, unit);

	assert_string_equal(got, expected);
	free(got);
}

static void specifiers_are_replaced(void **state)
{
	(void)state;
	assert_expands("%n %N %p [%i]", "a-b.service", "a-b.service a-b a-b []");
	assert_expands("%n %N %p [%i]", "a@x.y.service", "a@x.y.service a@x.y a [x.y]");
	assert_expands("[%i]", "a@.service", "[]");
	assert_expands("%%i %t/%p %E", "a.service", "%i /run/a /etc");
	assert_expands("100% %H %", "a.service", "100% %H %");
}

static void values_are_accepted(void **state)
{
	static const char *const good[] = {
		"", "a b\t\n", "\303\274", "\342\202\254", "\360\237\230\200"};
	static const char *const bad[] = {"\1", "\177", "\33[m", "\377", "\303", "\303a",
		"\300\200", "\340\200\200", "\355\240\200", "\364\220\200\200", "\200"};

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(unit_word_is_accepted(good[i]));
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(unit_word_is_accepted(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(backslashes_continue),
		cmocka_unit_test(words_are_split),
		cmocka_unit_test(wrong_words_end_the_text),
		cmocka_unit_test(quotes_where_necessary),
		cmocka_unit_test(quoted_words_come_back),
		cmocka_unit_test(any_text_is_survived),
		cmocka_unit_test(specifiers_are_replaced),
		cmocka_unit_test(values_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
