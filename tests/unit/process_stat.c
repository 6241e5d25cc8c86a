/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line of /proc/PID/stat: names may contain anything. */
#include "ctl/process.h"

#include "unit.h"

static void assert_stat(const char *line, const char *name, enum process_state state)
{
	struct process process = {0};

	if (!process_parse_stat(line, &process))
		fail_msg("'%s' is not parsed", line);
	assert_string_equal(process.name, name);
	assert_int_equal(process.state, state);
}

static void names_and_states(void **state)
{
	(void)state;
	assert_stat("7 (nsd) S 1 7 7 0 -1 4194560 9 9", "nsd", PROCESS_RUNS);
	assert_stat("7 (a) b) (c) R 1 7 7 0 -1 4194560 9 9", "a) b) (c", PROCESS_RUNS);
	assert_stat("7 () R 1 7 7 0 -1 4194560 9 9", "", PROCESS_RUNS);
	assert_stat("7 (nsd) Z 1 7 7 0 -1 4228108 9 9", "nsd", PROCESS_ZOMBIE);
	assert_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0", "kthreadd", PROCESS_KERNEL);
}

static void malformed(void **state)
{
	static const char *const lines[] = {
		"", "7", "7 (nsd", "7 nsd) S 1", "7 )nsd( S 1 7 7 0 -1 4", "7 (nsd) S 1 7 7 0 -1"};
	struct process process;

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++)
		assert_false(process_parse_stat(lines[i], &process));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_states),
		cmocka_unit_test(malformed),
	};

	return cmocka_run_group_tests_name("process_stat", tests, NULL, NULL);
}
