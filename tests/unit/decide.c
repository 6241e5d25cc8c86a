/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy on listeners: which binds it applies to, what each keyword does to them, and the
 * logged reason. */
#include "listeners/decide.h"

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

static struct rules rules_of(const char *value)
{
	return set("BINDRIGHT_V6ONLY", value).v6only;
}

static struct listener tcp(const char *address, uint16_t port)
{
	return (struct listener){.protocol = RULES_TCP, .bound = endpoint_of(address, port)};
}

static enum v6only_decision judge(const char *value, const struct listener *listener)
{
	const struct rules rules = rules_of(value);

	return decide_v6only(&rules, listener);
}

enum { LEAVE = DECISION_LEAVE, SET = DECISION_SET, CLEAR = DECISION_CLEAR };
enum { IF_TAKEN = DECISION_SET_IF_TAKEN };

/* The decision for a socket bound to :: with a port, by the value of the option and whether the
 * program set it. */
static const struct row {
	const char *keyword;
	int clear, clear_chosen, set, set_chosen;
} table[] = {
	{"force", SET, SET, LEAVE, LEAVE},
	{"default", SET, LEAVE, LEAVE, LEAVE},
	{"auto", IF_TAKEN, IF_TAKEN, LEAVE, LEAVE},
	{"dual", LEAVE, LEAVE, CLEAR, CLEAR},
	{"off", LEAVE, LEAVE, LEAVE, LEAVE},
};

static int wanted(const struct row *row, bool is_v6only, bool is_chosen)
{
	if (is_v6only)
		return is_chosen ? row->set_chosen : row->set;
	return is_chosen ? row->clear_chosen : row->clear;
}

/* Calls check for each keyword and each state of the option. */
static void for_all(void (*check)(const struct row *row, bool is_v6only, bool is_chosen))
{
	for (size_t i = 0; i < LENGTH(table); i++)
		for (unsigned int state = 0; state < 4; state++)
			check(&table[i], state & 1, state & 2);
}

static void check_wildcard(const struct row *row, bool is_v6only, bool is_chosen)
{
	static const uint16_t ports[] = {1, 22, 255, 256, 65535};
	static const enum rules_protocol protocols[] = {RULES_TCP, RULES_UDP, RULES_OTHER};

	for (size_t i = 0; i < LENGTH(ports); i++) {
		for (size_t k = 0; k < LENGTH(protocols); k++) {
			struct listener listener = tcp("::", ports[i]);

			listener.protocol = protocols[k];
			listener.is_v6only = is_v6only;
			listener.is_chosen = is_chosen;
			assert_int_equal(
				judge(row->keyword, &listener), wanted(row, is_v6only, is_chosen));
		}
	}
}

static void each_keyword_decides_for_the_wildcard(void **state)
{
	(void)state;
	for_all(check_wildcard);
}

/* 0.0.0.0 of an AF_INET socket looks like ::ffff:0.0.0.0 here. */
static const char *const others[] = {"::1", "2001:db8::1", "fe80::1", "ff02::1", "::ffff:0.0.0.0",
	"::ffff:192.0.2.1", "::192.0.2.1", "8000::", "::8000:0:0:0"};

static void check_others(const struct row *row, bool is_v6only, bool is_chosen)
{
	for (size_t i = 0; i < LENGTH(others); i++) {
		struct listener listener = tcp(others[i], 22);

		listener.is_v6only = is_v6only;
		listener.is_chosen = is_chosen;
		assert_int_equal(judge(row->keyword, &listener), LEAVE);
		listener.bound.port = 0;
		assert_int_equal(judge(row->keyword, &listener), LEAVE);
	}
}

static void other_addresses_are_left_alone(void **state)
{
	(void)state;
	for_all(check_others);
}

static void check_port_0(const struct row *row, bool is_v6only, bool is_chosen)
{
	struct listener listener = tcp("::", 0);
	char value[64];

	listener.is_v6only = is_v6only;
	listener.is_chosen = is_chosen;
	assert_int_equal(judge(row->keyword, &listener), LEAVE);
	/* Every port but 0, and port 0 of another protocol. */
	snprintf(value, sizeof(value), "%s,*/*=%s,udp/0=%s", row->keyword, row->keyword,
		row->keyword);
	assert_int_equal(judge(value, &listener), LEAVE);
	snprintf(value, sizeof(value), "off,tcp/0=%s", row->keyword);
	assert_int_equal(judge(value, &listener), wanted(row, is_v6only, is_chosen));
	snprintf(value, sizeof(value), "off,*/0-22=%s", row->keyword);
	assert_int_equal(judge(value, &listener), wanted(row, is_v6only, is_chosen));
}

static void port_0_takes_a_rule_that_names_it(void **state)
{
	(void)state;
	for_all(check_port_0);
}

static void the_last_rule_that_names_port_0_counts(void **state)
{
	struct listener listener = tcp("::", 0);

	(void)state;
	assert_int_equal(judge("off,tcp/0-65535=force", &listener), SET);
	assert_int_equal(judge("force,tcp/1-65535=force", &listener), LEAVE);
	assert_int_equal(judge("force,tcp/0=force,tcp/0=off", &listener), LEAVE);
	assert_int_equal(judge("off,tcp/0=force,tcp/*=off", &listener), SET);
	listener.bound = endpoint_of("::1", 0);
	assert_int_equal(judge("off,*/0-65535=force", &listener), LEAVE);
}

/* A scope ID with the wildcard, which the kernel ignores, changes nothing. */
static void a_scope_changes_nothing(void **state)
{
	struct listener listener = tcp("::", 22);

	(void)state;
	listener.bound.scope = 3;
	assert_int_equal(judge("force", &listener), SET);
}

static void a_rule_decides_for_its_own(void **state)
{
	struct listener listener = tcp("::", 1521);

	(void)state;
	assert_int_equal(judge("force,tcp/1521=off", &listener), LEAVE);
	assert_int_equal(judge("force,udp/1521=off", &listener), SET);
	assert_int_equal(judge("off,tcp/1000-2000=force,tcp/1521=auto", &listener), IF_TAKEN);
	assert_int_equal(judge("off,tcp/1521=auto,tcp/1000-2000=force", &listener), SET);
	/* 1521 in the other byte order. */
	listener.bound.port = __builtin_bswap16(htons(1521));
	assert_int_equal(judge("force,tcp/1521=off", &listener), SET);
	listener.bound.port = htons(1521);
	listener.protocol = RULES_OTHER;
	assert_int_equal(judge("off,tcp/1521=force,udp/1521=force", &listener), LEAVE);
	assert_int_equal(judge("off,*/1521=force", &listener), SET);
}

static bool may_share(const char *value, const struct listener *listener)
{
	const struct rules rules = rules_of(value);

	return decide_may_share(&rules, listener);
}

static void sockets_of_both_families_share_under_auto_and_dual(void **state)
{
	static const char *const addresses[] = {"::", "::ffff:0.0.0.0"};

	(void)state;
	for (size_t i = 0; i < LENGTH(addresses); i++) {
		struct listener listener = tcp(addresses[i], 22);

		assert_true(may_share("auto", &listener));
		assert_true(may_share("dual", &listener));
		assert_false(may_share("force", &listener));
		assert_false(may_share("default", &listener));
		assert_false(may_share("off", &listener));
		assert_true(may_share("off,tcp/22=auto", &listener));
		assert_false(may_share("off,udp/22=auto,tcp/23=dual", &listener));
		assert_false(may_share("auto,tcp/22=force", &listener));
	}
}

static bool concerns_listen(const char *value)
{
	const struct rules rules = rules_of(value);

	return decide_concerns_listen(&rules);
}

static void listen_is_looked_at_only_where_it_may_matter(void **state)
{
	(void)state;
	assert_false(concerns_listen("force"));
	assert_false(concerns_listen("default"));
	assert_false(concerns_listen("off"));
	assert_false(concerns_listen("force,tcp/22=off,tcp/1-65535=default,*/*=off"));
	assert_true(concerns_listen("auto"));
	assert_true(concerns_listen("dual"));
	assert_true(concerns_listen("off,tcp/22=auto"));
	assert_true(concerns_listen("off,udp/22=dual"));
	assert_true(concerns_listen("off,tcp/0=force"));
	assert_true(concerns_listen("off,tcp/0-65535=force"));
	assert_true(concerns_listen("force,udp/0=off"));
}

static void assert_reason(const char *value, uint16_t port, const char *reason)
{
	const struct rules rules = rules_of(value);
	const struct listener listener = tcp("::", port);
	char text[DECIDE_REASON];

	assert_string_equal(decide_format_reason(&rules, &listener, text), reason);
}

static void the_reason_is_the_keyword_or_the_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		char reason[DECIDE_REASON];

		snprintf(reason, sizeof(reason), "BINDRIGHT_V6ONLY=%s", table[i].keyword);
		assert_reason(table[i].keyword, 22, reason);
	}
	assert_reason("force,tcp/22=off", 23, "BINDRIGHT_V6ONLY=force");
	assert_reason("force,tcp/22=off", 22, "BINDRIGHT_V6ONLY, rule tcp/22=off");
	assert_reason("force,*/*=auto", 22, "BINDRIGHT_V6ONLY, rule */*=auto");
	assert_reason("force,tcp/0=dual", 0, "BINDRIGHT_V6ONLY, rule tcp/0=dual");
	assert_reason("off,tcp/60000-65535=default", 65535,
		"BINDRIGHT_V6ONLY, rule tcp/60000-65535=default");
}

static void has_a_keyword_for_each_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_string_equal(settings_v6only_keywords[i], table[i].keyword);
	assert_null(settings_v6only_keywords[LENGTH(table)]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_keyword_decides_for_the_wildcard),
		cmocka_unit_test(other_addresses_are_left_alone),
		cmocka_unit_test(port_0_takes_a_rule_that_names_it),
		cmocka_unit_test(the_last_rule_that_names_port_0_counts),
		cmocka_unit_test(a_scope_changes_nothing),
		cmocka_unit_test(a_rule_decides_for_its_own),
		cmocka_unit_test(sockets_of_both_families_share_under_auto_and_dual),
		cmocka_unit_test(listen_is_looked_at_only_where_it_may_matter),
		cmocka_unit_test(the_reason_is_the_keyword_or_the_rule),
		cmocka_unit_test(has_a_keyword_for_each_policy),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
