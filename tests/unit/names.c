/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of program names: the grammar, the patterns, and the complaints. */
#include "values.h"

#include <fnmatch.h>

static bool match(const char *list, const char *name)
{
	struct settings settings = set("BINDRIGHT_ONLY", list);

	assert_false(names_are_empty(&settings.only));
	return names_match(&settings.only, name);
}

static void an_empty_list_matches_nothing(void **state)
{
	const struct names none = {0};

	(void)state;
	assert_true(names_are_empty(&none));
	assert_false(names_match(&none, "named"));
	assert_false(names_match(&none, ""));
}

static void a_name_is_itself_alone(void **state)
{
	(void)state;
	assert_true(match("named", "named"));
	assert_false(match("named", "name"));
	assert_false(match("named", "named2"));
	assert_false(match("named", "Named"));
	assert_false(match("named", ""));
}

static void each_name_of_a_list_counts(void **state)
{
	static const char list[] = "named,nsd,in.talkd";

	(void)state;
	assert_true(match(list, "named"));
	assert_true(match(list, "nsd"));
	assert_true(match(list, "in.talkd"));
	assert_false(match(list, "named,nsd"));
	assert_false(match(list, "inxtalkd"));
	assert_false(match(list, "d"));
}

static void patterns_are_those_of_glob(void **state)
{
	(void)state;
	assert_true(match("java*", "java"));
	assert_true(match("java*", "javac"));
	assert_false(match("java*", "ajava"));
	assert_true(match("*", ""));
	assert_true(match("*", "anything"));
	assert_true(match("kamailio-?", "kamailio-1"));
	assert_false(match("kamailio-?", "kamailio-10"));
	assert_true(match("worker[0-9]", "worker7"));
	assert_false(match("worker[!0-9]", "worker7"));
	assert_true(match("a\\*", "a*"));
	assert_false(match("a\\*", "ab"));
	/* A program may be called -bash, or have a name that begins with a dot. */
	assert_true(match("*bash", "-bash"));
	assert_true(match("*", ".hidden"));
}

/* A bracket without its end matches itself. */
static void what_is_no_pattern_is_a_name(void **state)
{
	(void)state;
	assert_true(match("[named", "[named"));
	assert_false(match("[named", "n"));
}

static void assert_complaint(const char *value, const char *expected)
{
	static const char *const names[] = {"BINDRIGHT_ONLY", "BINDRIGHT_SKIP"};

	for (size_t i = 0; i < LENGTH(names); i++) {
		struct settings_error error = fail_parse(names[i], value);
		char beginning[256];

		snprintf(beginning, sizeof(beginning), "%s: %s (allowed: ", names[i], expected);
		if (strncmp(error.text, beginning, strlen(beginning)) != 0)
			fail_msg("'%s' is not '%s'", error.text, beginning);
	}
}

static void a_complaint_names_the_piece_and_where_it_is(void **state)
{
	(void)state;
	assert_complaint("", "invalid name ''");
	assert_complaint(",", "invalid name '' at character 1");
	assert_complaint("named,", "invalid name '' at character 7");
	assert_complaint(",named", "invalid name '' at character 1");
	assert_complaint("named,,nsd", "invalid name '' at character 7");
	assert_complaint("/usr/sbin/named", "invalid name '/usr/sbin/named'");
	assert_complaint("nsd,sbin/named,x", "invalid name 'sbin/named' at character 5");
	assert_complaint("nsd,named/", "invalid name 'named/' at character 5");
}

/* Other lists are separated by blanks; a name with one would never match. */
static void a_blank_is_refused(void **state)
{
	(void)state;
	assert_complaint("named, nsd", "invalid name ' nsd' at character 7");
	assert_complaint("named ,nsd", "invalid name 'named ' at character 1");
	assert_complaint("named nsd", "invalid name 'named nsd'");
	assert_complaint(" ", "invalid name ' '");
	assert_complaint("named\tnsd", "invalid name 'named?nsd'");
	assert_complaint("named\n", "invalid name 'named?'");
	assert_true(match("Web?Content", "Web Content"));
}

/* Quotes in a settings file or in systemd's environment become part of the value; and a ';' is
 * meant as a ','. */
static void quotes_and_semicolons_are_refused(void **state)
{
	(void)state;
	assert_complaint("'named'", "invalid name ''named''");
	assert_complaint("\"named\"", "invalid name '\"named\"'");
	assert_complaint("'named,nsd'", "invalid name ''named' at character 1");
	assert_complaint("nsd,\"named\"", "invalid name '\"named\"' at character 5");
	assert_complaint("named;nsd", "invalid name 'named;nsd'");
	assert_complaint("nsd,named;", "invalid name 'named;' at character 5");
	assert_true(match("it?s", "it's"));
}

/* len bytes of names: "aaaaaaa,aaaaaaa,...a". */
static const char *list_of(size_t len)
{
	static char list[2 * NAMES_LIST];

	assert_true(len < sizeof(list));
	for (size_t i = 0; i < len; i++)
		list[i] = i % 8 == 7 && i + 1 < len ? ',' : 'a';
	list[len] = '\0';
	return list;
}

static void a_list_has_its_limit(void **state)
{
	(void)state;
	for (size_t len = 1; len <= NAMES_LIST - 2; len++) {
		const struct settings settings = set("BINDRIGHT_SKIP", list_of(len));

		/* The last name is found, and its end is the list's end. */
		assert_int_equal(settings.skip.list[len - 1], 'a');
		assert_memory_equal(settings.skip.list + len, "\0", 2);
	}
	for (size_t len = NAMES_LIST - 1; len < NAMES_LIST + 10; len++)
		assert_complaint(list_of(len),
			"list too long "
			"'aaaaaaa,aaaaaaa,aaaaaaa,aaaaaaa,aaaaaaa,aaaaaaa,aaaaaaa,aaaa...'");
}

/* Whether the text is a list of names of which one matches, by definition. */
static bool match_naively(const char *text, const char *name, bool *ret_is_list)
{
	char copy[64];
	bool is_match = false;
	char *rest = copy, *piece;

	strcpy(copy, text);
	*ret_is_list = true;
	while ((piece = strsep(&rest, ",")) != NULL) {
		*ret_is_list &= *piece != '\0' && strpbrk(piece, "/ \n'\";") == NULL;
		is_match |= fnmatch(piece, name, 0) == 0;
	}
	return is_match;
}

static void random_text(struct dice *dice, const char *alphabet, char *text, size_t left)
{
	size_t len = dice_below(dice, (uint32_t)left);

	for (size_t i = 0; i < len; i++)
		text[i] = alphabet[dice_below(dice, (uint32_t)strlen(alphabet))];
	text[len] = '\0';
}

static void random_lists_are_what_they_say(void **state)
{
	struct dice dice = {31};
	int rounds = runs(300000), taken = 0;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		struct settings settings = defaults();
		struct settings_error error;
		char list[12], name[4];
		bool is_list, is_match;

		random_text(&dice, "aaaabb,,**?[]!-/ \n'\";", list, sizeof(list));
		random_text(&dice, "ab]", name, sizeof(name));
		is_match = match_naively(list, name, &is_list);
		if (settings_set(&settings, "BINDRIGHT_ONLY", list, &error) != is_list)
			fail_msg("'%s' is %sa list of names", list, is_list ? "" : "not ");
		if (!is_list)
			continue;
		assert_int_equal(names_match(&settings.only, name), is_match);
		taken++;
	}
	assert_in_range(taken, rounds / 30, rounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_list_matches_nothing),
		cmocka_unit_test(a_name_is_itself_alone),
		cmocka_unit_test(each_name_of_a_list_counts),
		cmocka_unit_test(patterns_are_those_of_glob),
		cmocka_unit_test(what_is_no_pattern_is_a_name),
		cmocka_unit_test(a_complaint_names_the_piece_and_where_it_is),
		cmocka_unit_test(a_blank_is_refused),
		cmocka_unit_test(quotes_and_semicolons_are_refused),
		cmocka_unit_test(a_list_has_its_limit),
		cmocka_unit_test(random_lists_are_what_they_say),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
