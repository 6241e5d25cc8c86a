/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that no library after ours defines: it fails, and the search leaves no trace. And libc's
 * own definition of a name. */
#include "libc/next.h"

#include "libc/platform.h"
#include "libc/symbols.h"

#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void test_missing_leaves_no_complaint(void **state)
{
	(void)state;
	if (HAS_TIME64_NAMES)
		skip(); /* libc has them all */
	dlerror();
	assert_non_null(next_find(NEXT_FCNTL_TIME64));
	assert_null(dlerror());
}

static void test_missing_fails(void **state)
{
	(void)state;
	if (HAS_TIME64_NAMES)
		skip();
	errno = 0;
	assert_int_equal(next_fcntl_time64(0, F_GETFD, NULL), -1);
	assert_int_equal(errno, ENOSYS);
}

static void test_libc_has_names(void **state)
{
	pid_t (*call)(void) = symbols_libc_address("getpid");

	(void)state;
	if (call == NULL)
		skip(); /* not glibc */
	assert_int_equal(call(), getpid());
	assert_null(symbols_libc_address("getpi"));
	assert_null(symbols_libc_address("next_find"));
}

static void test_each_version_is_found_once(void **state)
{
	const ElfW(Sym) *symbol = NULL, *before = NULL;
	struct symbols libc;
	int count = 0;

	(void)state;
	if (!symbols_of_libc(&libc))
		skip();
	while ((symbol = symbols_find(&libc, "memcpy", symbol)) != NULL) {
		assert_true(symbol != before && count++ < 8);
		before = symbol;
	}
	assert_true(count >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_leaves_no_complaint),
		cmocka_unit_test(test_missing_fails),
		cmocka_unit_test(test_libc_has_names),
		cmocka_unit_test(test_each_version_is_found_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
