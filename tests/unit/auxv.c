/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The auxiliary vector: this process's own, made ones, and cut ones. */
#include "ctl/auxv.h"

#include "unit.h"

#include <elf.h>
#include <fcntl.h>

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
	assert_true(auxv_parse(data, (size_t)len, &auxv));
	assert_false(auxv.is_secure);
	assert_int_equal(auxv.user.uid, getuid());
	assert_int_equal(auxv.user.egid, getegid());
}

static void each_entry(void **state)
{
	struct auxv auxv;

	(void)state;
	assert_true(auxv_parse(&whole, sizeof(whole), &auxv));
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
		assert_false(auxv_parse(&whole, len, &auxv));
	assert_true(auxv_parse(&whole, complete, &auxv));
}

static void what_follows_the_end_is_no_entry(void **state)
{
	struct vector early = whole;
	struct auxv auxv;

	(void)state;
	early.numbers[8] = AT_NULL;
	assert_false(auxv_parse(&early, sizeof(early), &auxv));
}

/* Entries of half the size, as a 64-bit process reads of a 32-bit one. */
static void of_another_word_size(void **state)
{
	unsigned short data[16];
	struct auxv auxv;

	(void)state;
	for (size_t i = 0; i < LENGTH(data); i++)
		data[i] = (unsigned short)whole.numbers[i];
	assert_false(auxv_parse(data, sizeof(data), &auxv));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_process),
		cmocka_unit_test(each_entry),
		cmocka_unit_test(cut),
		cmocka_unit_test(what_follows_the_end_is_no_entry),
		cmocka_unit_test(of_another_word_size),
	};

	return cmocka_run_group_tests_name("auxv", tests, NULL, NULL);
}
