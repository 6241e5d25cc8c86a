/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random rule lists. A naive model has the keyword of each protocol and port in a table that every
 * rule overwrites. Any value is accepted as a whole, within its bounds, or refused with one
 * printable line.
 */
#include "values.h"

enum { PROTOCOLS = 3, PORTS = 65536, VALUE = 4096 };

static const unsigned int protocol_bits[PROTOCOLS] = {RULES_TCP, RULES_UDP, RULES_OTHER};
static const char *const keywords[] = {"force", "default", "auto", "dual", "off"};

/* The model: the keyword of each. Only one test writes it. */
static uint8_t painted[PROTOCOLS][PORTS];

static void paint(unsigned int first_protocol, unsigned int last_protocol, uint32_t first,
	uint32_t last, uint8_t keyword)
{
	for (unsigned int protocol = first_protocol; protocol <= last_protocol; protocol++)
		memset(painted[protocol] + first, keyword, last - first + 1);
}

/* A random port, often near the bounds. */
static uint32_t roll_port(struct dice *dice)
{
	static const uint32_t bounds[] = {0, 1, 2, 255, 256, 65534, 65535};

	if (dice_below(dice, 3) == 0)
		return bounds[dice_below(dice, LENGTH(bounds))];
	return dice_below(dice, PORTS);
}

/* Writes one rule and paints it. Returns its length. */
static int add_rule(struct dice *dice, char *text, size_t left)
{
	static const char *const protocols[] = {"tcp", "udp", "*"};
	unsigned int protocol = dice_below(dice, LENGTH(protocols));
	unsigned int first_protocol = protocol == 2 ? 0 : protocol;
	uint8_t keyword = (uint8_t)dice_below(dice, LENGTH(keywords));
	uint32_t first = roll_port(dice), last = roll_port(dice);
	int kind = (int)dice_below(dice, 6);

	if (first > last) {
		uint32_t other = first;

		first = last;
		last = other;
	}
	if (kind == 0) {
		paint(first_protocol, protocol, 1, PORTS - 1, keyword);
		return snprintf(text, left, ",%s/*=%s", protocols[protocol], keywords[keyword]);
	}
	if (kind <= 2)
		last = first;
	paint(first_protocol, protocol, first, last, keyword);
	if (kind <= 1)
		return snprintf(
			text, left, ",%s/%u=%s", protocols[protocol], first, keywords[keyword]);
	return snprintf(
		text, left, ",%s/%u-%u=%s", protocols[protocol], first, last, keywords[keyword]);
}

static void write_list(struct dice *dice, char value[VALUE])
{
	uint8_t keyword = (uint8_t)dice_below(dice, LENGTH(keywords));
	uint32_t count = dice_below(dice, RULES_MAX + 1);
	int len = snprintf(value, VALUE, "%s", keywords[keyword]);

	paint(0, PROTOCOLS - 1, 0, PORTS - 1, keyword);
	for (uint32_t i = 0; i < count; i++)
		len += add_rule(dice, value + len, (size_t)(VALUE - len));
}

static void assert_is_as_painted(const struct rules *rules, uint32_t port, const char *value)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (rules_keyword(rules, protocol_bits[i], (uint16_t)port) != painted[i][port])
			fail_msg("%s: protocol %u port %u is not %s", value, protocol_bits[i], port,
				keywords[painted[i][port]]);
}

static void the_last_rule_that_matches_wins(void **state)
{
	struct dice dice = {21};

	(void)state;
	for (int round = 0; round < runs(1000); round++) {
		char value[VALUE];
		struct rules rules;

		write_list(&dice, value);
		rules = set("BINDRIGHT_V6ONLY", value).v6only;
		for (int i = 0; i < 300; i++)
			assert_is_as_painted(&rules, roll_port(&dice), value);
		/* And every port of some lists. */
		for (uint32_t port = 0; round % 100 == 0 && port < PORTS; port++)
			assert_is_as_painted(&rules, port, value);
	}
}

/* Formatting a rule and parsing it gives the same rule. */
static void a_rule_written_again_is_the_same(void **state)
{
	struct dice dice = {22};

	(void)state;
	for (int round = 0; round < runs(300); round++) {
		char value[VALUE], text[RULE_TEXT], again[64];
		struct rules rules, rules_again;

		write_list(&dice, value);
		rules = set("BINDRIGHT_V6ONLY", value).v6only;
		for (int i = 0; i < rules.count; i++) {
			snprintf(again, sizeof(again), "off,%s=%s",
				rule_format(&rules.list[i], text), keywords[rules.list[i].keyword]);
			rules_again = set("BINDRIGHT_V6ONLY", again).v6only;
			assert_int_equal(rules_again.count, 1);
			assert_memory_equal(
				&rules_again.list[0], &rules.list[i], sizeof(struct rule));
		}
	}
}

static void assert_within_bounds(const struct rules *rules)
{
	assert_in_range(rules->count, 0, RULES_MAX);
	assert_in_range(rules->keyword, 0, LENGTH(keywords) - 1);
	for (int i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];

		assert_in_range(rule->keyword, 0, LENGTH(keywords) - 1);
		assert_in_range(rule->first, 0, rule->last);
		assert_true(rule->protocols == RULES_TCP || rule->protocols == RULES_UDP ||
			    rule->protocols == (RULES_TCP | RULES_UDP | RULES_OTHER));
	}
}

/* One byte inserted, removed or changed. */
static void spoil(struct dice *dice, char *value)
{
	static const char bytes[] = ",=/-*0569 \n\x7f\xff"
				    "tcpudforce";
	size_t len = strlen(value), at = dice_below(dice, (uint32_t)len + 1);
	char byte = bytes[dice_below(dice, sizeof(bytes) - 1)];

	switch (dice_below(dice, 3)) {
	case 0:
		memmove(value + at + 1, value + at, len - at + 1);
		value[at] = byte;
		break;
	case 1:
		if (at < len)
			memmove(value + at, value + at + 1, len - at);
		break;
	default:
		if (at < len)
			value[at] = byte;
	}
}

/* Returns whether it was accepted. */
static bool take_or_refuse(const char *value)
{
	const struct settings before = defaults();
	struct settings settings = before;
	struct settings_error error = {"x"};
	unsigned int at;
	const char *where;

	if (settings_set(&settings, "BINDRIGHT_V6ONLY", value, &error)) {
		assert_within_bounds(&settings.v6only);
		assert_string_equal(error.text, "x");
		return true;
	}
	assert_memory_equal(&settings, &before, sizeof(before));
	assert_printable_line(error.text, sizeof(error.text));
	assert_int_equal(strncmp(error.text, "BINDRIGHT_V6ONLY: ", 18), 0);
	assert_non_null(strstr(error.text, "' (allowed: ") != NULL
				? strstr(error.text, "' (allowed: ")
				: strstr(error.text, "' at character "));
	where = strstr(error.text, "' at character ");
	if (where != NULL && sscanf(where, "' at character %u", &at) == 1)
		assert_in_range(at, 1, strlen(value) + 1);
	return false;
}

/* Lists with a few bad bytes are the most likely to be accepted by mistake. */
static void spoilt_lists_stay_within_bounds(void **state)
{
	struct dice dice = {23};
	int rounds = runs(50000), taken = 0;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		char value[VALUE] = "force";
		size_t len = strlen(value);

		for (uint32_t i = dice_below(&dice, 4); i > 0; i--)
			len += (size_t)add_rule(&dice, value + len, VALUE - len);
		for (uint32_t i = dice_below(&dice, 4); i > 0; i--)
			spoil(&dice, value);
		taken += take_or_refuse(value);
	}
	assert_in_range(taken, rounds / 10, rounds * 9 / 10);
}

static void random_bytes_stay_within_bounds(void **state)
{
	struct dice dice = {24};

	(void)state;
	for (int round = 0; round < runs(200000); round++) {
		char value[40];
		size_t len = dice_below(&dice, sizeof(value));

		dice_fill(&dice, value, len);
		value[len] = '\0';
		take_or_refuse(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_rule_that_matches_wins),
		cmocka_unit_test(a_rule_written_again_is_the_same),
		cmocka_unit_test(spoilt_lists_stay_within_bounds),
		cmocka_unit_test(random_bytes_stay_within_bounds),
	};

	return cmocka_run_group_tests_name("rules_random", tests, NULL, NULL);
}
