/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes one library from LD_PRELOAD: by its file name, in place, and the others stay. */
#include "libc/preload.h"

#include "unit.h"

#include <errno.h>
#include <stdlib.h>

static void assert_left(const char *list, const char *library, const char *expected)
{
	/* Exactly, in memory that ends with the list. */
	char *end = (char *)guarded_end();
	size_t size = strlen(list) + 1;
	char *copy = memcpy(end - size, list, size);

	preload_remove(copy, library);
	if (strcmp(copy, expected) != 0)
		fail_msg("of '%s' is left '%s', not '%s'", list, copy, expected);
	guarded_free((unsigned char *)end);
}

static const char us[] = "/usr/lib/libbindright.so";

static void takes_itself_out(void **state)
{
	(void)state;
	assert_left("/usr/lib/libbindright.so", us, "");
	assert_left("/usr/lib/libbindright.so:a.so", us, "a.so");
	assert_left("a.so:/usr/lib/libbindright.so", us, "a.so");
	assert_left("a.so:/usr/lib/libbindright.so:b.so", us, "a.so:b.so");
	assert_left("a.so /usr/lib/libbindright.so b.so", us, "a.so b.so");
	assert_left("a.so /usr/lib/libbindright.so:b.so", us, "a.so b.so");
}

/* The loader finds one file by many names. */
static void its_path_does_not_matter(void **state)
{
	(void)state;
	assert_left("libbindright.so:a.so", us, "a.so");
	assert_left("/usr/$LIB/libbindright.so:a.so", us, "a.so");
	assert_left("../lib/libbindright.so:a.so", us, "a.so");
	assert_left("/usr/lib/libbindright.so:a.so", "libbindright.so", "a.so");
	assert_left("/usr//lib/./libbindright.so", us, "");
}

static void all_of_its_entries_go(void **state)
{
	(void)state;
	assert_left("libbindright.so:libbindright.so", us, "");
	assert_left(
		"libbindright.so a.so /x/libbindright.so b.so:libbindright.so", us, "a.so b.so");
}

static void others_stay_as_they_are(void **state)
{
	static const char *const lists[] = {"a.so", "/usr/lib/a.so:b.so", "a.so b.so", "a.so::b.so",
		":a.so", " a.so", "/usr/lib/libbindright.so.1", "/usr/lib/xlibbindright.so",
		"libbindright.so/a.so", "/libbindright.so/", "bindright.so", "libbindright.s", ""};

	(void)state;
	for (size_t i = 0; i < LENGTH(lists); i++)
		assert_left(lists[i], us, lists[i]);
	assert_left("liba.so.1:libbindright.so:libb.so.2", us, "liba.so.1:libb.so.2");
}

/* The loader ignores empty entries; a list of only these is empty. */
static void separators_alone_are_nothing(void **state)
{
	(void)state;
	assert_left(":libbindright.so:", us, "");
	assert_left("  libbindright.so  ", us, "");
	assert_left("a.so:libbindright.so:", us, "a.so");
	assert_left(":", us, "");
}

/* Each list of entries from these, with each separator between them. */
static void lists_of_all_kinds(void **state)
{
	static const char *const entries[] = {"a.so", "/x/libbindright.so", "/y/b.so", ""};
	struct dice dice = {41};

	(void)state;
	for (int round = 0; round < runs(20000); round++) {
		char list[128] = "", left[128] = "";
		uint32_t count = dice_below(&dice, 6);

		for (uint32_t i = 0; i < count; i++) {
			const char *entry = entries[dice_below(&dice, LENGTH(entries))];
			const char *separator = dice_below(&dice, 2) ? ":" : " ";

			strcat(strcat(list, entry), separator);
			if (strstr(entry, "bindright") == NULL)
				strcat(strcat(left, entry), separator);
		}
		while (*left != '\0' && strchr(": ", left[strlen(left) - 1]) != NULL)
			left[strlen(left) - 1] = '\0';
		assert_left(list, us, left);
	}
}

/* In the test the code is part of the program itself. */
static int leave_a_list(void)
{
	char list[256];

	snprintf(list, sizeof(list), "a.so:/x/%s", program_invocation_short_name);
	setenv("LD_PRELOAD", list, 1);
	preload_leave();
	CHECK(strcmp(getenv("LD_PRELOAD"), "a.so") == 0);
	return 0;
}

static int leave_an_empty_list(void)
{
	setenv("LD_PRELOAD", program_invocation_name, 1);
	preload_leave();
	CHECK(getenv("LD_PRELOAD") == NULL);
	return 0;
}

static int leave_no_list(void)
{
	unsetenv("LD_PRELOAD");
	preload_leave();
	CHECK(getenv("LD_PRELOAD") == NULL);
	clearenv();
	preload_leave();
	CHECK(getenv("LD_PRELOAD") == NULL);
	return 0;
}

/* The loader uses the last of two, getenv the first. */
static int leave_two_lists(void)
{
	static char before[] = "BEFORE=libx.so", first[600] = "LD_PRELOAD=",
		    between[600] = "LD_PRELOADED=", second[600] = "LD_PRELOAD=a.so ";
	char *entries[] = {before, first, between, second, NULL};

	strncat(first, program_invocation_name, 500);
	strncat(between, program_invocation_name, 500);
	strncat(second, program_invocation_name, 500);
	environ = entries;
	preload_leave();
	CHECK(environ[0] == before && strcmp(before, "BEFORE=libx.so") == 0);
	CHECK(environ[1] == between && strstr(between, program_invocation_name) != NULL);
	CHECK(environ[2] == second && strcmp(second, "LD_PRELOAD=a.so") == 0);
	CHECK(environ[3] == NULL);
	return 0;
}

static int leave_a_list_of_others(void)
{
	setenv("LD_PRELOAD", "a.so b.so:", 1);
	preload_leave();
	CHECK(strncmp(getenv("LD_PRELOAD"), "a.so b.so", 9) == 0);
	return 0;
}

static void the_environment_is_edited(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(leave_a_list), 0);
	assert_int_equal(run_in_child(leave_an_empty_list), 0);
	assert_int_equal(run_in_child(leave_no_list), 0);
	assert_int_equal(run_in_child(leave_two_lists), 0);
	assert_int_equal(run_in_child(leave_a_list_of_others), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_itself_out),
		cmocka_unit_test(its_path_does_not_matter),
		cmocka_unit_test(all_of_its_entries_go),
		cmocka_unit_test(others_stay_as_they_are),
		cmocka_unit_test(separators_alone_are_nothing),
		cmocka_unit_test(lists_of_all_kinds),
		cmocka_unit_test(the_environment_is_edited),
	};

	return cmocka_run_group_tests_name("preload", tests, NULL, NULL);
}
