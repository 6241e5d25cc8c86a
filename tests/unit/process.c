/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says of a process: names may contain anything, and vectors be cut. */
#include "ctl/process.h"

#include "unit.h"

#include <elf.h>
#include <fcntl.h>

static void assert_stat(const char *line, const char *name, enum process_state state)
{
	struct process process = {0};

	if (!process_parse_stat(line, &process))
		fail_msg("'%s' is not parsed", line);
	assert_string_equal(process.name, name);
	assert_int_equal(process.state, state);
	assert_int_equal(process.parent, state == PROCESS_KERNEL ? 0 : 1);
}

static void names_and_states(void **state)
{
	(void)state;
	assert_stat("7 (nsd) S 1 7 7 0 -1 4194560 9 9", "nsd[7]", PROCESS_RUNS);
	assert_stat("7 (a) b) (c) R 1 7 7 0 -1 4194560 9 9", "a) b) (c[7]", PROCESS_RUNS);
	assert_stat("7 () R 1 7 7 0 -1 4194560 9 9", "[7]", PROCESS_RUNS);
	assert_stat("7 (nsd) Z 1 7 7 0 -1 4228108 9 9", "nsd[7]", PROCESS_ZOMBIE);
	assert_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0", "kthreadd[2]", PROCESS_KERNEL);
	assert_stat("7 (kworker/u8:2-events_unbound) S 1 7 7 0 -1 4194560 9 9",
		"kworker/u8:2-events_unbo[7]", PROCESS_RUNS);
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

static void unit_is(const char *line, const char *expected)
{
	char unit[PROCESS_UNIT] = "";

	assert_int_equal(process_parse_unit(line, unit), expected != NULL);
	if (expected != NULL)
		assert_string_equal(unit, expected);
}

static void the_unit_of_a_process(void **state)
{
	(void)state;
	unit_is("0::/system.slice/nsd.service\n", "nsd.service");
	unit_is("0::/system.slice/nsd.service/worker\n", "nsd.service");
	unit_is("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service");
	unit_is("1:name=systemd:/system.slice/nsd.service\n", "nsd.service");
	unit_is("0::/\n", NULL);
	unit_is("0::/init.scope\n", NULL);
	unit_is("0::/user.slice/user-0.slice/session-1.scope\n", NULL);
	unit_is("0::/user.slice/user-5.slice/user@5.service/app.slice/x.service\n", NULL);
	unit_is("0::/.service\n", NULL);
	unit_is("nothing", NULL);
	unit_is("", NULL);
}

struct vector {
	unsigned long numbers[16];
};

static const struct vector whole = {
	{AT_PAGESZ, 4096, AT_UID, 1, AT_EUID, 2, AT_GID, 3, AT_EGID, 4, AT_SECURE, 1, AT_NULL, 0}};

static void this_process(void **state)
{
	char data[4096];
	struct auxv auxv;
	int fd = open("/proc/self/auxv", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, data, sizeof(data));

	(void)state;
	close(fd);
	if (len <= 0)
		skip();
	assert_true(process_parse_auxv(data, (size_t)len, &auxv));
	assert_false(auxv.is_secure);
	assert_int_equal(auxv.user.uid, getuid());
	assert_int_equal(auxv.user.egid, getegid());
}

static void each_entry(void **state)
{
	struct auxv auxv;

	(void)state;
	assert_true(process_parse_auxv(&whole, sizeof(whole), &auxv));
	assert_true(auxv.is_secure);
	assert_int_equal(auxv.user.uid, 1);
	assert_int_equal(auxv.user.euid, 2);
	assert_int_equal(auxv.user.gid, 3);
	assert_int_equal(auxv.user.egid, 4);
}

static void cut(void **state)
{
	const size_t complete = 12 * sizeof(unsigned long);
	struct auxv auxv;

	(void)state;
	for (size_t len = 0; len < complete; len++)
		assert_false(process_parse_auxv(&whole, len, &auxv));
	assert_true(process_parse_auxv(&whole, complete, &auxv));
}

static void what_follows_the_end_is_no_entry(void **state)
{
	struct vector early = whole;
	struct auxv auxv;

	(void)state;
	early.numbers[8] = AT_NULL;
	assert_false(process_parse_auxv(&early, sizeof(early), &auxv));
}

/* Entries of half the size, as a 64-bit process reads of a 32-bit one. */
static void of_another_word_size(void **state)
{
	unsigned short data[16];
	struct auxv auxv;

	(void)state;
	for (size_t i = 0; i < LENGTH(data); i++)
		data[i] = (unsigned short)whole.numbers[i];
	assert_false(process_parse_auxv(data, sizeof(data), &auxv));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_states),
		cmocka_unit_test(malformed),
		cmocka_unit_test(the_unit_of_a_process),
		cmocka_unit_test(this_process),
		cmocka_unit_test(each_entry),
		cmocka_unit_test(cut),
		cmocka_unit_test(what_follows_the_end_is_no_entry),
		cmocka_unit_test(of_another_word_size),
	};

	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
