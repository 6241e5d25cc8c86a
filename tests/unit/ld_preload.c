/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's place in LD_PRELOAD: first, but after sanitizers, and once. */
#include "ctl/ld_preload.h"

#include "libc/preload.h"

#include "unit.h"

static const char us[] = "/usr/lib/libbindright.so";

static void assert_becomes(const char *list, const char *expected)
{
	char got[256];
	size_t len = ld_preload_insert(list, us, got, sizeof(got));

	if (strcmp(got, expected) != 0 || len != strlen(expected))
		fail_msg("'%s' becomes '%s' (%zu bytes), not '%s'", list, got, len, expected);
}

static void it_comes_first(void **state)
{
	(void)state;
	assert_becomes("", "/usr/lib/libbindright.so");
	assert_becomes("a.so", "/usr/lib/libbindright.so:a.so");
	assert_becomes("a.so b.so", "/usr/lib/libbindright.so:a.so b.so");
	assert_becomes(":a.so", "/usr/lib/libbindright.so::a.so");
	assert_becomes(":", "/usr/lib/libbindright.so::");
}

static void a_list_that_has_it_stays(void **state)
{
	static const char *const lists[] = {"/usr/lib/libbindright.so",
		"/usr/lib/libbindright.so:a.so", "a.so:/usr/lib/libbindright.so",
		"a.so /usr/lib/libbindright.so b.so",
		" :/usr/lib/libbindright.so: ", "/usr/lib/libbindright.so:libasan.so.8"};

	(void)state;
	for (size_t i = 0; i < LENGTH(lists); i++)
		assert_becomes(lists[i], lists[i]);
}

/* A part of an entry does not count as an entry. */
static void similar_entries_are_others(void **state)
{
	(void)state;
	assert_becomes("/usr/lib/libbindright.so.1",
		"/usr/lib/libbindright.so:/usr/lib/libbindright.so.1");
	assert_becomes("/x/usr/lib/libbindright.so",
		"/usr/lib/libbindright.so:/x/usr/lib/libbindright.so");
	assert_becomes("libbindright.so", "/usr/lib/libbindright.so:libbindright.so");
	assert_becomes("/usr/lib/libbind", "/usr/lib/libbindright.so:/usr/lib/libbind");
}

static void sanitizers_stay_in_front(void **state)
{
	static const char *const sanitizers[] = {"libasan.so", "libasan.so.8", "libtsan.so.2",
		"libubsan.so.1", "libhwasan.so.0", "liblsan.so.0", "/usr/lib/libasan.so.8.0.0",
		"/usr/lib/clang/14/lib/libclang_rt.asan-x86_64.so"};
	char list[256], expected[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(sanitizers); i++) {
		snprintf(expected, sizeof(expected), "%s:%s", sanitizers[i], us);
		assert_becomes(sanitizers[i], expected);
		snprintf(list, sizeof(list), "%s b.so", sanitizers[i]);
		snprintf(expected, sizeof(expected), "%s:%s b.so", sanitizers[i], us);
		assert_becomes(list, expected);
	}
	assert_becomes("libasan.so.8:libubsan.so.1:b.so",
		"libasan.so.8:libubsan.so.1:/usr/lib/libbindright.so:b.so");
	assert_becomes(" libasan.so.8 : b.so", " libasan.so.8:/usr/lib/libbindright.so : b.so");
}

/* A sanitizer that does not come first would complain without the library too. */
static void others_are_no_sanitizers(void **state)
{
	static const char *const lists[] = {"libsane.so.1", "b.so:libasan.so.8", "asan.so",
		"libasan.so.d/b.so", "libasan/b.so", "libsanitary.so"};
	char expected[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(lists); i++) {
		snprintf(expected, sizeof(expected), "%s:%s", us, lists[i]);
		assert_becomes(lists[i], expected);
	}
}

static void a_list_longer_than_its_buffer_is_cut(void **state)
{
	char got[8];

	(void)state;
	assert_int_equal(ld_preload_insert("a.so", us, got, sizeof(got)), strlen(us) + 5);
	assert_string_equal(got, "/usr/li");
}

/* For any list: inserting twice is inserting once, and removing restores the entries. */
static void lists_of_all_kinds(void **state)
{
	static const char *const entries[] = {"a.so", "libasan.so.8", "/y/b.so", "", "libtsan.so"};
	struct dice dice = {43};

	(void)state;
	for (int round = 0; round < runs(20000); round++) {
		char list[128] = "", once[256], twice[256];

		for (uint32_t i = dice_below(&dice, 6); i > 0; i--) {
			strcat(list, entries[dice_below(&dice, LENGTH(entries))]);
			strcat(list, dice_below(&dice, 2) ? ":" : " ");
		}
		ld_preload_insert(list, us, once, sizeof(once));
		ld_preload_insert(once, us, twice, sizeof(twice));
		assert_string_equal(once, twice);
		assert_non_null(strstr(once, us));
		preload_remove(once, us);
		for (size_t i = 0; i < LENGTH(entries); i++)
			assert_int_equal(
				strstr(list, entries[i]) != NULL, strstr(once, entries[i]) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_first),
		cmocka_unit_test(a_list_that_has_it_stays),
		cmocka_unit_test(similar_entries_are_others),
		cmocka_unit_test(sanitizers_stay_in_front),
		cmocka_unit_test(others_are_no_sanitizers),
		cmocka_unit_test(a_list_longer_than_its_buffer_is_cut),
		cmocka_unit_test(lists_of_all_kinds),
	};

	return cmocka_run_group_tests_name("ld_preload", tests, NULL, NULL);
}
