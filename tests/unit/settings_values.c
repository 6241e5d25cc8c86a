/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of numbers and of the log's value: valid values, and nearly valid ones. */
#include "values.h"

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
	static const char *const error[] = {"", "-1", "+16", "-16", " 16", "16 ", "16\n", "0x10",
		"0x100", "1e3", "16.0", "16,", "1 6", "16k", "1_000", "\xd9\xa1\xd9\xa6"};

	(void)state;
	for (size_t i = 0; i < LENGTH(error); i++) {
		fail_parse("BINDRIGHT_PEERS", error[i]);
		fail_parse("BINDRIGHT_EXPIRY", error[i]);
	}
}

/* Including numbers that are within the bounds modulo 2 to the 32nd or the 64th. */
static void refuses_numbers_out_of_bounds(void **state)
{
	static const char *const too_large[] = {"31536001", "4294967296", "4294967396",
		"18446744073709551616", "18446744073709551716", "18446744073709551615",
		"340282366920938463463374607431768211556",
		"99999999999999999999999999999999999999999999999999999999999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < LENGTH(too_large); i++) {
		fail_parse("BINDRIGHT_PEERS", too_large[i]);
		fail_parse("BINDRIGHT_EXPIRY", too_large[i]);
	}
	fail_parse("BINDRIGHT_PEERS", "16777217");
	fail_parse("BINDRIGHT_PEERS", "15");
	fail_parse("BINDRIGHT_PEERS", "0");
	fail_parse("BINDRIGHT_EXPIRY", "0");
}

static void takes_levels(void **state)
{
	static const struct {
		const char *keyword;
		enum log_level level;
	} levels[] = {{"off", LOG_LEVEL_OFF}, {"error", LOG_LEVEL_ERROR}, {"warn", LOG_LEVEL_WARN},
		{"info", LOG_LEVEL_INFO}, {"debug", LOG_LEVEL_DEBUG}};

	(void)state;
	for (size_t i = 0; i < LENGTH(levels); i++) {
		struct settings settings = set("BINDRIGHT_LOG", levels[i].keyword);
		char value[32];

		assert_int_equal(settings.log.level, levels[i].level);
		assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
		snprintf(value, sizeof(value), "%s:stderr", levels[i].keyword);
		settings = set("BINDRIGHT_LOG", value);
		assert_int_equal(settings.log.level, levels[i].level);
		assert_int_equal(settings.log.sink, LOG_SINK_STDERR);
	}
}

static void takes_syslog(void **state)
{
	struct settings settings = set("BINDRIGHT_LOG", "error:syslog");

	(void)state;
	assert_int_equal(settings.log.level, LOG_LEVEL_ERROR);
	assert_int_equal(settings.log.sink, LOG_SINK_SYSLOG);
	assert_string_equal(settings.log.path, "");
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
	static const char *const error[] = {"warn:", ":stderr", ":", "warn:STDERR", "warn:stderr ",
		"warn:stdout", "warn:relative.log", "warn:./relative.log", "warn: /x", "warning",
		"WARN", "warn,stderr", "stderr", "/var/log/x", "5", "warn:stderr:stderr", "war",
		"warnn:stderr", "debug info", "syslog", "warn:SYSLOG", "warn:syslog ",
		"warn:syslogd", "warn:syslog:daemon", "warn,syslog", "debug:nowhere",
		"off:", "info:relative.log"};

	(void)state;
	for (size_t i = 0; i < LENGTH(error); i++)
		fail_parse("BINDRIGHT_LOG", error[i]);
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
	fail_parse("BINDRIGHT_LOG", log_value(LOG_PATH));
	fail_parse("BINDRIGHT_LOG", log_value(LOG_PATH + 500));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_peers_up_to_a_power_of_two),
		cmocka_unit_test(takes_seconds_up_to_a_year),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(refuses_numbers_out_of_bounds),
		cmocka_unit_test(takes_levels),
		cmocka_unit_test(takes_syslog),
		cmocka_unit_test(takes_files),
		cmocka_unit_test(refuses_other_logs),
		cmocka_unit_test(a_path_has_its_limit),
	};

	return cmocka_run_group_tests_name("settings_values", tests, NULL, NULL);
}
