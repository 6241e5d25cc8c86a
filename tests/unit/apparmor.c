/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AppArmor's policy: which lines begin a program's profile, and which libraries profiles allow. */
#include "ctl/confine.h"

#include "unit.h"

static void lines_that_begin_its_profile(void **state)
{
	static const char *const lines[] = {"/usr/sbin/named {\n",
		"profile named /usr/sbin/named {\n",
		"profile named /usr/sbin/named flags=(attach_disconnected) {\n",
		"profile /usr/sbin/named {\n", "\"/usr/sbin/named\" {\n", "/usr/sbin/n* {\n",
		"/{usr/,}sbin/named {\n", "/usr/{s,}bin/{rndc,named} {\n", "/usr/** {\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++)
		if (!apparmor_is_profile_of(lines[i], "/usr/sbin/named"))
			fail_msg("not taken: %s", lines[i]);
}

static void other_lines(void **state)
{
	static const char *const lines[] = {"", "\n", "# /usr/sbin/named {\n",
		"/usr/sbin/named mr,\n", "  /usr/sbin/named {\n",
		"/usr/sbin/named flags=(complain) {\n", "/usr/* {\n", "profile named {\n",
		"profile /usr/sbin/rndc {\n", "/usr/sbin/named-x {\n",
		"/usr/{a,b}/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b} {\n", "/{ {\n",
		"@{bin}/x {\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++)
		if (apparmor_is_profile_of(lines[i], "/usr/sbin/named"))
			fail_msg("taken: %s", lines[i]);
}

static void libraries_that_profiles_allow(void **state)
{
	(void)state;
	assert_true(apparmor_allows("/usr/lib/libbindright.so"));
	assert_true(apparmor_allows("/lib/x86_64-linux-gnu/libbindright.so"));
	assert_true(apparmor_allows("/usr/lib64/libbindright.so"));
	assert_true(apparmor_allows("libbindright.so"));
	assert_false(apparmor_allows("/usr/local/lib/libbindright.so"));
	assert_false(apparmor_allows("/opt/libbindright.so"));
	assert_false(apparmor_allows("./usr/lib/libbindright.so"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_begin_its_profile),
		cmocka_unit_test(other_lines),
		cmocka_unit_test(libraries_that_profiles_allow),
	};

	return cmocka_run_group_tests_name("apparmor", tests, NULL, NULL);
}
