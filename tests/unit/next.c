/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that no library behind us has: it fails, and nothing of our looking for it is seen. */
#include "sys/next.h"

#include "sys/time64.h"

#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_leaves_no_complaint),
		cmocka_unit_test(test_missing_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
