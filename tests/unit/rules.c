/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rule lists: the grammar, which rule applies to a socket, and the complaint about an invalid part.
 * rules_random.c tests random lists.
 */
#include "values.h"

enum { ALL_PROTOCOLS = RULES_TCP | RULES_UDP | RULES_OTHER };
enum { FORCE = V6ONLY_FORCE, OFF = V6ONLY_OFF };

static struct rules rules_of(const char *value)
{
	return set("BINDRIGHT_V6ONLY", value).v6only;
}

static uint8_t keyword_for(const char *value, unsigned int protocol, uint16_t port)
{
	const struct rules rules = rules_of(value);

	return rules_keyword(&rules, protocol, port);
}

static void the_first_keyword_is_for_all(void **state)
{
	static const unsigned int protocols[] = {RULES_TCP, RULES_UDP, RULES_OTHER};

	(void)state;
	for (size_t i = 0; i < LENGTH(protocols); i++) {
		assert_int_equal(keyword_for("force", protocols[i], 0), FORCE);
		assert_int_equal(keyword_for("force", protocols[i], 22), FORCE);
		assert_int_equal(keyword_for("off", protocols[i], 65535), OFF);
	}
}

static void a_rule_is_for_its_protocol_and_port(void **state)
{
	(void)state;
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_TCP, 22), OFF);
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_TCP, 21), FORCE);
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_TCP, 23), FORCE);
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_UDP, 22), FORCE);
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_OTHER, 22), FORCE);
	assert_int_equal(keyword_for("force,udp/22=off", RULES_UDP, 22), OFF);
	assert_int_equal(keyword_for("force,udp/22=off", RULES_TCP, 22), FORCE);
	/* 22 in the other byte order. */
	assert_int_equal(keyword_for("force,tcp/22=off", RULES_TCP, 5632), FORCE);
}

static void a_star_is_for_every_protocol(void **state)
{
	(void)state;
	assert_int_equal(keyword_for("force,*/22=off", RULES_TCP, 22), OFF);
	assert_int_equal(keyword_for("force,*/22=off", RULES_UDP, 22), OFF);
	assert_int_equal(keyword_for("force,*/22=off", RULES_OTHER, 22), OFF);
	assert_int_equal(keyword_for("force,*/22=off", RULES_OTHER, 23), FORCE);
}

static void a_range_has_both_its_ends(void **state)
{
	static const char value[] = "force,tcp/100-200=off";

	(void)state;
	assert_int_equal(keyword_for(value, RULES_TCP, 99), FORCE);
	assert_int_equal(keyword_for(value, RULES_TCP, 100), OFF);
	assert_int_equal(keyword_for(value, RULES_TCP, 150), OFF);
	assert_int_equal(keyword_for(value, RULES_TCP, 200), OFF);
	assert_int_equal(keyword_for(value, RULES_TCP, 201), FORCE);
	assert_int_equal(keyword_for("force,tcp/7-7=off", RULES_TCP, 7), OFF);
	assert_int_equal(keyword_for("force,tcp/65535=off", RULES_TCP, 65535), OFF);
	assert_int_equal(keyword_for("force,tcp/0-65535=off", RULES_TCP, 65535), OFF);
	assert_int_equal(keyword_for("force,tcp/0-65535=off", RULES_TCP, 0), OFF);
	assert_int_equal(keyword_for("force,tcp/0022=off", RULES_TCP, 22), OFF);
}

/* Port 0 means ephemeral ports: only rules that name it apply. */
static void a_star_is_every_port_but_0(void **state)
{
	(void)state;
	assert_int_equal(keyword_for("force,tcp/*=off", RULES_TCP, 0), FORCE);
	assert_int_equal(keyword_for("force,tcp/*=off", RULES_TCP, 1), OFF);
	assert_int_equal(keyword_for("force,tcp/*=off", RULES_TCP, 65535), OFF);
	assert_int_equal(keyword_for("force,tcp/0=off", RULES_TCP, 0), OFF);
	assert_int_equal(keyword_for("force,tcp/0=off", RULES_TCP, 1), FORCE);
	assert_int_equal(keyword_for("force,tcp/1-65535=off", RULES_TCP, 0), FORCE);
}

static void later_rules_override_earlier_ones(void **state)
{
	static const char value[] = "force,tcp/*=off,tcp/100-200=force,tcp/150=off";

	(void)state;
	assert_int_equal(keyword_for(value, RULES_TCP, 50), OFF);
	assert_int_equal(keyword_for(value, RULES_TCP, 100), FORCE);
	assert_int_equal(keyword_for(value, RULES_TCP, 150), OFF);
	assert_int_equal(keyword_for(value, RULES_UDP, 150), FORCE);
	assert_int_equal(keyword_for("force,tcp/22=off,*/*=force", RULES_TCP, 22), FORCE);
	assert_int_equal(keyword_for("force,tcp/22=off,tcp/22=force", RULES_TCP, 22), FORCE);
}

static void finds_the_rule_that_counts(void **state)
{
	const struct rules rules = rules_of("force,tcp/22=off,udp/0=off,*/22-23=force");

	(void)state;
	assert_ptr_equal(rules_find(&rules, RULES_TCP, 22), &rules.list[2]);
	assert_ptr_equal(rules_find(&rules, RULES_UDP, 0), &rules.list[1]);
	assert_null(rules_find(&rules, RULES_TCP, 24));
	assert_null(rules_find(&rules, RULES_TCP, 0));
	assert_true(rules_name_port(&rules, 0));
	assert_true(rules_name_port(&rules, 23));
	assert_false(rules_name_port(&rules, 24));
}

static bool has_keyword(const char *value, uint8_t keyword)
{
	const struct rules rules = rules_of(value);

	return rules_have_keyword(&rules, keyword);
}

static void knows_which_keywords_can_be_in_effect(void **state)
{
	(void)state;
	assert_true(has_keyword("force", FORCE));
	assert_false(has_keyword("force", OFF));
	assert_true(has_keyword("force,tcp/1=off", OFF));
	assert_true(has_keyword("force,tcp/1=off", FORCE));
	assert_false(has_keyword("off,tcp/1=off", FORCE));
	assert_true(has_keyword("off,tcp/1=off,udp/2=force", FORCE));
}

static void a_rule_can_be_written_again(void **state)
{
	static const char *const written[] = {"tcp/22", "udp/0", "*/65535", "tcp/*", "udp/*", "*/*",
		"tcp/0-65535", "udp/10000-65535", "*/2-65535", "tcp/1-65534", "tcp/0-1"};

	(void)state;
	for (size_t i = 0; i < LENGTH(written); i++) {
		char value[64], text[RULE_TEXT];
		struct rules rules;

		snprintf(value, sizeof(value), "off,%s=force", written[i]);
		rules = rules_of(value);
		assert_ptr_equal(rule_format(&rules.list[0], text), text);
		assert_string_equal(text, written[i]);
	}
}

/* `count` rules after the first keyword. */
static const char *list_of(unsigned int count)
{
	static char value[2048];
	int len = snprintf(value, sizeof(value), "force");

	for (unsigned int i = 0; i < count; i++)
		len += snprintf(value + len, sizeof(value) - (size_t)len, ",udp/%u=off", 1000 + i);
	return value;
}

static const char allowed_keywords[] = "force, default, auto, dual, off";
static const char allowed_rules[] = "PROTO/PORTS=KEYWORD, like udp/53=off";
static const char allowed_protocols[] = "tcp, udp, *";
static const char allowed_ports[] = "N, N-M, *, where N and M are 0 to 65535 and N is not above M";

static void assert_complaint(const char *value, const char *problem, const char *allowed)
{
	const struct settings_error error = fail_parse("BINDRIGHT_V6ONLY", value);
	char expected[sizeof(error.text)];

	snprintf(
		expected, sizeof(expected), "BINDRIGHT_V6ONLY: %s (allowed: %s)", problem, allowed);
	assert_string_equal(error.text, expected);
}

static void sixty_four_rules_at_most(void **state)
{
	const struct rules rules = rules_of(list_of(RULES_MAX));

	(void)state;
	assert_int_equal(rules.count, RULES_MAX);
	for (uint16_t port = 1000; port < 1000 + RULES_MAX; port++)
		assert_int_equal(rules_keyword(&rules, RULES_UDP, port), OFF);
	assert_complaint(list_of(RULES_MAX + 1), "too many rules 'udp/1064=off' at character 839",
		"at most 64 rules");
	assert_complaint(list_of(RULES_MAX + 2), "too many rules 'udp/1064=off' at character 839",
		"at most 64 rules");
}

static void a_wrong_first_keyword_is_named(void **state)
{
	(void)state;
	assert_complaint("", "unknown keyword ''", allowed_keywords);
	assert_complaint("forec", "unknown keyword 'forec'", allowed_keywords);
	assert_complaint(
		"forec,tcp/22=off", "unknown keyword 'forec' at character 1", allowed_keywords);
	assert_complaint(" force", "unknown keyword ' force'", allowed_keywords);
	assert_complaint(
		"FORCE,tcp/22=off", "unknown keyword 'FORCE' at character 1", allowed_keywords);
	assert_complaint(",tcp/22=off", "unknown keyword '' at character 1", allowed_keywords);
	assert_complaint("forceoff", "unknown keyword 'forceoff'", allowed_keywords);
	assert_complaint("fo", "unknown keyword 'fo'", allowed_keywords);
	assert_complaint(
		"force;tcp/22=off", "unknown keyword 'force;tcp/22=off'", allowed_keywords);
}

/* A list without the first keyword: the complaint says what is missing. */
static void a_rule_needs_a_keyword_before_it(void **state)
{
	(void)state;
	assert_complaint("tcp/22=off", "no keyword before the rule 'tcp/22=off'", allowed_keywords);
	assert_complaint("*/*=force,tcp/22=off",
		"no keyword before the rule '*/*=force' at character 1", allowed_keywords);
	assert_complaint("tcp/x=off", "unknown keyword 'tcp/x=off'", allowed_keywords);
}

static void a_piece_that_is_no_rule_is_named(void **state)
{
	(void)state;
	assert_complaint("force,", "invalid rule '' at character 7", allowed_rules);
	assert_complaint("force,,tcp/22=off", "invalid rule '' at character 7", allowed_rules);
	assert_complaint("force,tcp/22=off,", "invalid rule '' at character 18", allowed_rules);
	assert_complaint("force, ", "invalid rule ' ' at character 7", allowed_rules);
	assert_complaint("force,off", "invalid rule 'off' at character 7", allowed_rules);
	assert_complaint("force,22=off", "invalid rule '22=off' at character 7", allowed_rules);
	assert_complaint("force,tcp=off", "invalid rule 'tcp=off' at character 7", allowed_rules);
	assert_complaint("force,tcp/22", "invalid rule 'tcp/22' at character 7", allowed_rules);
	assert_complaint("force,tcp/2,3=off", "invalid rule 'tcp/2' at character 7", allowed_rules);
	assert_complaint(
		"force,tcp/22:off", "invalid rule 'tcp/22:off' at character 7", allowed_rules);
	assert_complaint(
		"force,tcp=22/off", "invalid rule 'tcp=22/off' at character 7", allowed_rules);
	assert_complaint("force,tcp/22=off,=/", "invalid rule '=/' at character 18", allowed_rules);
}

static void a_wrong_protocol_is_named(void **state)
{
	static const char *const error[] = {
		"", "sctp", "TCP", " tcp", "tcp ", "tcp6", "t", "tcpudp", "**", "any", "6"};

	(void)state;
	for (size_t i = 0; i < LENGTH(error); i++) {
		char value[64], problem[64];

		snprintf(value, sizeof(value), "force,udp/1=off,%s/22=off", error[i]);
		snprintf(problem, sizeof(problem), "unknown protocol '%s' at character 17",
			error[i]);
		assert_complaint(value, problem, allowed_protocols);
	}
}

/* Including numbers that are ports modulo 2 to the 16th, 32nd or 64th. */
static void wrong_ports_are_named(void **state)
{
	static const char *const error[] = {"", "x", "ssh", "-", "-1", "1-", "-1-5", "1--2",
		"1-2-3", "2-1", "65535-0", "1-0", "65536", "65558", "0-65536", "65536-65537",
		"4294967318", "18446744073709551638", "0x16", "22 ", " 22", "+22", "1-x", "x-1",
		"**", "*-5", "1-*", "22/tcp", "1 -2", "2\xc3\xb2"};

	(void)state;
	for (size_t i = 0; i < LENGTH(error); i++) {
		char value[64], problem[64];

		snprintf(value, sizeof(value), "force,tcp/%s=off", error[i]);
		snprintf(problem, sizeof(problem), "invalid ports '%s' at character 11",
			i == LENGTH(error) - 1 ? "2??" : error[i]);
		assert_complaint(value, problem, allowed_ports);
	}
	assert_complaint("force,tcp/1=off,udp/22/23=off", "invalid ports '22/23' at character 21",
		allowed_ports);
}

static void a_rules_wrong_keyword_is_named(void **state)
{
	(void)state;
	assert_complaint("force,tcp/22=", "unknown keyword '' at character 14", allowed_keywords);
	assert_complaint(
		"force,tcp/22=on", "unknown keyword 'on' at character 14", allowed_keywords);
	assert_complaint(
		"force,*/*=off ", "unknown keyword 'off ' at character 11", allowed_keywords);
	assert_complaint("force,tcp/22=off=off", "unknown keyword 'off=off' at character 14",
		allowed_keywords);
	assert_complaint("force,tcp/1=off,udp/2=OFF,x", "unknown keyword 'OFF' at character 23",
		allowed_keywords);
}

/* No reply is TCP's: such a rule is surely not what was meant. */
static void replies_have_no_rules_for_tcp(void **state)
{
	const struct rules rules = set("BINDRIGHT_REPLY", "off,*/53=on").reply;
	struct settings_error error = fail_parse("BINDRIGHT_REPLY", "off,udp/53=on,tcp/53=on");

	(void)state;
	assert_int_equal(rules_keyword(&rules, RULES_UDP, 53), REPLY_ON);
	assert_string_equal(error.text, "BINDRIGHT_REPLY: unknown protocol 'tcp' at character 15 "
					"(allowed: udp, *)");
	fail_parse("BINDRIGHT_REPLY", "tcp/53=on");
}

/* Each variable has its own keywords; the rest of the grammar is common. */
static void replies_have_the_same_rules(void **state)
{
	struct rules rules = set("BINDRIGHT_REPLY", "off,udp/53=on").reply;
	struct settings_error error = fail_parse("BINDRIGHT_REPLY", "off,udp/53=force");

	(void)state;
	assert_int_equal(rules_keyword(&rules, RULES_UDP, 53), REPLY_ON);
	assert_int_equal(rules_keyword(&rules, RULES_UDP, 54), REPLY_OFF);
	assert_string_equal(error.text,
		"BINDRIGHT_REPLY: unknown keyword 'force' at character 12 (allowed: on, "
		"interface, off)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_keyword_is_for_all),
		cmocka_unit_test(a_rule_is_for_its_protocol_and_port),
		cmocka_unit_test(a_star_is_for_every_protocol),
		cmocka_unit_test(a_range_has_both_its_ends),
		cmocka_unit_test(a_star_is_every_port_but_0),
		cmocka_unit_test(later_rules_override_earlier_ones),
		cmocka_unit_test(finds_the_rule_that_counts),
		cmocka_unit_test(knows_which_keywords_can_be_in_effect),
		cmocka_unit_test(a_rule_can_be_written_again),
		cmocka_unit_test(sixty_four_rules_at_most),
		cmocka_unit_test(a_wrong_first_keyword_is_named),
		cmocka_unit_test(a_rule_needs_a_keyword_before_it),
		cmocka_unit_test(a_piece_that_is_no_rule_is_named),
		cmocka_unit_test(a_wrong_protocol_is_named),
		cmocka_unit_test(wrong_ports_are_named),
		cmocka_unit_test(a_rules_wrong_keyword_is_named),
		cmocka_unit_test(replies_have_the_same_rules),
		cmocka_unit_test(replies_have_no_rules_for_tcp),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
