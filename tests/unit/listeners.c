/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on listeners: which bind addresses it applies to, and its words. */
#include "values.h"

#include <arpa/inet.h>

static struct endpoint endpoint_of(const char *text, uint16_t port)
{
	struct endpoint endpoint = {.port = htons(port)};
	struct in6_addr v6;

	assert_int_equal(inet_pton(AF_INET6, text, &v6), 1);
	endpoint.addr = address_from_v6(&v6);
	return endpoint;
}

static enum listeners_verdict judge(
	const struct rules *rules, enum rules_protocol protocol, const char *text, uint16_t port)
{
	const struct listener listener = {.protocol = protocol, .bound = endpoint_of(text, port)};

	return listeners_judge(rules, &listener);
}

static bool want(enum v6only_policy policy, const char *text, uint16_t port)
{
	const struct rules rules = {.word = (uint8_t)policy};

	return judge(&rules, RULES_TCP, text, port) == LISTENERS_SET;
}

static void force_takes_the_wildcard_with_a_port(void **state)
{
	(void)state;
	assert_true(want(V6ONLY_FORCE, "::", 22));
	assert_true(want(V6ONLY_FORCE, "::", 1));
	assert_true(want(V6ONLY_FORCE, "::", 256));
	assert_true(want(V6ONLY_FORCE, "::", 65535));
}

static void an_ephemeral_port_is_left_alone(void **state)
{
	(void)state;
	assert_false(want(V6ONLY_FORCE, "::", 0));
}

static void other_addresses_are_left_alone(void **state)
{
	static const char *const others[] = {"::1", "2001:db8::1", "fe80::1", "ff02::1",
		"::ffff:0.0.0.0", "::ffff:192.0.2.1", "::192.0.2.1", "8000::", "::8000:0:0:0"};

	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(want(V6ONLY_FORCE, others[i], 22));
}

static void off_leaves_all_alone(void **state)
{
	(void)state;
	assert_false(want(V6ONLY_OFF, "::", 22));
	assert_false(want(V6ONLY_OFF, "::", 0));
	assert_false(want(V6ONLY_OFF, "::1", 22));
}

static bool want_by(
	const char *rules, enum rules_protocol protocol, const char *text, uint16_t port)
{
	const struct settings settings = set("BINDRIGHT_V6ONLY", rules);

	return judge(&settings.v6only, protocol, text, port) == LISTENERS_SET;
}

static void rules_go_by_protocol_and_port(void **state)
{
	(void)state;
	assert_false(want_by("force,tcp/22=off", RULES_TCP, "::", 22));
	assert_true(want_by("force,tcp/22=off", RULES_TCP, "::", 23));
	assert_true(want_by("force,tcp/22=off", RULES_UDP, "::", 22));
	assert_true(want_by("off,udp/500-600=force", RULES_UDP, "::", 500));
	assert_true(want_by("off,udp/500-600=force", RULES_UDP, "::", 600));
	assert_false(want_by("off,udp/500-600=force", RULES_UDP, "::", 601));
	assert_false(want_by("off,udp/500-600=force", RULES_TCP, "::", 500));
	assert_true(want_by("off,*/132=force", RULES_OTHER, "::", 132));
	assert_false(want_by("off,tcp/132=force", RULES_OTHER, "::", 132));
	/* 22 in the other byte order. */
	assert_true(want_by("force,tcp/22=off", RULES_TCP, "::", 5632));
}

/* Of port 0 the first word says nothing, nor does *; a rule that names it does. */
static void an_ephemeral_port_has_a_rule_of_its_own(void **state)
{
	(void)state;
	assert_false(want_by("force,tcp/*=force", RULES_TCP, "::", 0));
	assert_false(want_by("off,*/*=force", RULES_TCP, "::", 0));
	assert_false(want_by("force,tcp/1-65535=force", RULES_TCP, "::", 0));
	assert_true(want_by("off,tcp/0=force", RULES_TCP, "::", 0));
	assert_true(want_by("off,*/0=force", RULES_TCP, "::", 0));
	assert_true(want_by("off,tcp/0-65535=force", RULES_TCP, "::", 0));
	assert_false(want_by("off,udp/0=force", RULES_TCP, "::", 0));
	assert_false(want_by("force,tcp/0=force,tcp/0=off", RULES_TCP, "::", 0));
	assert_true(want_by("off,tcp/0=force,tcp/*=off", RULES_TCP, "::", 0));
	assert_false(want_by("off,tcp/0=force", RULES_TCP, "::", 1));
}

/* What the log says of a decision. */
static void the_reason_is_the_word_or_the_rule(void **state)
{
	const struct rules rules = set("BINDRIGHT_V6ONLY", "auto,tcp/20-22=dual,*/0=force").v6only;
	struct listener listener = {.protocol = RULES_TCP, .bound = endpoint_of("::", 22)};
	char reason[LISTENERS_REASON];

	(void)state;
	assert_string_equal(listeners_format_reason(&rules, &listener, reason),
		"BINDRIGHT_V6ONLY, rule tcp/20-22=dual");
	listener.bound.port = 0;
	assert_string_equal(listeners_format_reason(&rules, &listener, reason),
		"BINDRIGHT_V6ONLY, rule */0=force");
	listener.bound.port = htons(23);
	assert_string_equal(
		listeners_format_reason(&rules, &listener, reason), "BINDRIGHT_V6ONLY=auto");
}

static bool concern_listen(const char *rules)
{
	const struct settings settings = set("BINDRIGHT_V6ONLY", rules);

	return listeners_concern_listen(&settings.v6only);
}

/* Else listen costs what it costs bare. */
static void listen_is_of_concern_where_it_may_bind_or_share(void **state)
{
	(void)state;
	assert_false(concern_listen("force"));
	assert_false(concern_listen("off"));
	assert_false(concern_listen("default,tcp/1-65535=force,*/*=off"));
	assert_true(concern_listen("force,udp/0=off"));
	assert_true(concern_listen("off,tcp/0-65535=force"));
	assert_true(concern_listen("auto"));
	assert_true(concern_listen("force,tcp/22=dual"));
}

static void no_rule_is_about_other_addresses(void **state)
{
	(void)state;
	assert_false(want_by("off,*/0-65535=force", RULES_TCP, "::1", 22));
	assert_false(want_by("off,*/0-65535=force", RULES_TCP, "::ffff:0.0.0.0", 22));
	assert_false(want_by("off,*/0-65535=force", RULES_TCP, "::1", 0));
}

/* A scope id with the wildcard, which the kernel does not look at, changes nothing. */
static void a_scope_changes_nothing(void **state)
{
	const struct rules rules = {.word = V6ONLY_FORCE};
	struct endpoint bound = endpoint_of("::", 22);

	(void)state;
	bound.scope = 3;
	assert_int_equal(
		listeners_judge(&rules, &(struct listener){.protocol = RULES_TCP, .bound = bound}),
		LISTENERS_SET);
}

static void has_a_word_for_each_policy(void **state)
{
	(void)state;
	assert_string_equal(listeners_words[V6ONLY_FORCE], "force");
	assert_string_equal(listeners_words[V6ONLY_DEFAULT], "default");
	assert_string_equal(listeners_words[V6ONLY_AUTO], "auto");
	assert_string_equal(listeners_words[V6ONLY_DUAL], "dual");
	assert_string_equal(listeners_words[V6ONLY_OFF], "off");
	assert_null(listeners_words[V6ONLY_OFF + 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(force_takes_the_wildcard_with_a_port),
		cmocka_unit_test(an_ephemeral_port_is_left_alone),
		cmocka_unit_test(other_addresses_are_left_alone),
		cmocka_unit_test(off_leaves_all_alone),
		cmocka_unit_test(rules_go_by_protocol_and_port),
		cmocka_unit_test(an_ephemeral_port_has_a_rule_of_its_own),
		cmocka_unit_test(the_reason_is_the_word_or_the_rule),
		cmocka_unit_test(listen_is_of_concern_where_it_may_bind_or_share),
		cmocka_unit_test(no_rule_is_about_other_addresses),
		cmocka_unit_test(a_scope_changes_nothing),
		cmocka_unit_test(has_a_word_for_each_policy),
	};

	return cmocka_run_group_tests_name("listeners", tests, NULL, NULL);
}
