/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File capabilities: the kernel's form of them, and getcap's text. */
#include "ctl/capabilities.h"

#include "unit.h"

#include <linux/capability.h>

static void put(unsigned char *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(number >> 8 * i);
}

/* Makes a value as the kernel returns it, of up to six numbers. */
static size_t make(unsigned char *value, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put(value + 4 * i, numbers[i]);
	return 4 * count;
}

static void assert_text(const uint32_t *numbers, size_t count, const char *expected)
{
	unsigned char value[24];
	char text[256];
	struct file_capabilities capabilities;

	assert_true(capabilities_parse(value, make(value, numbers, count), &capabilities));
	assert_string_equal(capabilities_format(&capabilities, text, sizeof(text)), expected);
}

static void as_getcap_writes_them(void **state)
{
	const uint32_t effective = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;

	(void)state;
	assert_text((uint32_t[]){effective, 1 << CAP_NET_RAW, 0, 0, 0}, 5, "cap_net_raw=ep");
	assert_text(
		(uint32_t[]){VFS_CAP_REVISION_2, 1 << CAP_NET_RAW, 0, 0, 0}, 5, "cap_net_raw=p");
	assert_text((uint32_t[]){effective, 1 << 12 | 1 << 13, 0, 0, 0}, 5,
		"cap_net_admin,cap_net_raw=ep");
	assert_text((uint32_t[]){effective, 0, 0, 1 << (CAP_BPF - 32), 0}, 5, "cap_bpf=ep");
	assert_text((uint32_t[]){effective, 1 << 13, 1 << 12, 0, 0}, 5, "cap_net_raw=ep");
	assert_text((uint32_t[]){effective, UINT32_MAX, 0, (1 << 9) - 1, 0}, 5, "all=ep");
	assert_text((uint32_t[]){effective, 0, 0, (uint32_t)1 << 31, 0}, 5, "63=ep");
	assert_text((uint32_t[]){VFS_CAP_REVISION_1, 1 << 13, 0}, 3, "cap_net_raw=p");
}

static void of_another_user_namespace(void **state)
{
	const uint32_t revision = VFS_CAP_REVISION_3;
	unsigned char value[24];
	struct file_capabilities capabilities;

	(void)state;
	assert_text((uint32_t[]){revision, 1 << 13, 0, 0, 0, 0}, 6, "cap_net_raw=p");
	assert_false(capabilities_parse(value,
		make(value, (uint32_t[]){revision, 1 << 13, 0, 0, 0, 100000}, 6), &capabilities));
}

static void malformed(void **state)
{
	unsigned char value[32] = {0};
	struct file_capabilities capabilities;

	(void)state;
	for (size_t len = 0; len <= sizeof(value); len++) {
		put(value, VFS_CAP_REVISION_2);
		assert_int_equal(capabilities_parse(value, len, &capabilities), len == 20);
		put(value, 0x07000000);
		assert_false(capabilities_parse(value, len, &capabilities));
	}
}

static void a_text_that_is_too_long_is_cut(void **state)
{
	const struct file_capabilities capabilities = {UINT64_MAX, true};
	char text[1024];

	(void)state;
	for (size_t size = 1; size < sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		capabilities_format(&capabilities, text, size);
		assert_true(strlen(text) < size);
		assert_int_equal(text[size], 'x');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_getcap_writes_them),
		cmocka_unit_test(of_another_user_namespace),
		cmocka_unit_test(malformed),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
	};

	return cmocka_run_group_tests_name("capabilities", tests, NULL, NULL);
}
