/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether memory can be read, tested on memory in a known state. Readable pages are remembered, so
 * each test maps its own pages and unmaps none, because another test could get the same address.
 */
#include "runtime/readable.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void what_is_there_is_readable(void **state)
{
	static const char constant[] = "constant";
	char on_stack[16] = "";
	char *on_heap = malloc(100000);

	(void)state;
	assert_true(readable(constant, sizeof(constant)));
	assert_true(readable(on_stack, sizeof(on_stack)));
	assert_true(readable(on_heap, 100000));
	assert_true(readable((const void *)what_is_there_is_readable, 1));
	/* And again, now that the page is remembered. */
	assert_true(readable(constant, sizeof(constant)));
	free(on_heap);
}

static void what_no_address_is_is_not(void **state)
{
	static const uintptr_t nowhere[] = {0, 1, 8, READABLE_PAGE - 1, UINTPTR_MAX,
		UINTPTR_MAX - 7, UINTPTR_MAX - READABLE_PAGE};

	(void)state;
	for (size_t i = 0; i < LENGTH(nowhere); i++) {
		assert_false(readable((const void *)nowhere[i], 1));
		assert_false(readable((const void *)nowhere[i], 16));
		assert_false(readable((const void *)nowhere[i], 100000));
	}
}

/* Even if pages are remembered whose numbers fall into the same slots. */
static void null_is_not_readable_after_others_were(void **state)
{
	enum { SPAN = READABLE_PAGE * (4096 + 1) };
	char *pages =
		mmap(NULL, SPAN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	for (size_t at = 0; at < SPAN; at += READABLE_PAGE)
		assert_true(readable(pages + at, 1));
	assert_false(readable(NULL, 1));
	assert_false(readable((const void *)UINTPTR_MAX, 1));
}

static void no_bytes_are_always_readable(void **state)
{
	unsigned char *end = guarded_end();

	(void)state;
	assert_true(readable(NULL, 0));
	assert_true(readable((const void *)UINTPTR_MAX, 0));
	assert_true(readable(end, 0));
}

static void a_page_without_rights_is_not(void **state)
{
	unsigned char *end = guarded_end();

	(void)state;
	assert_false(readable(end, 1));
	assert_false(readable(end + 100, 1000));
	assert_false(readable(end, 1));
}

static void every_byte_counts_at_the_end_of_a_page(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 64; len++) {
		unsigned char *end = guarded_end();

		assert_true(readable(end - len, len));
		assert_false(readable(end - len, len + 1));
		assert_false(readable(end - len, len + 64));
		assert_true(readable(end - len, len));
	}
}

/* The first page is unmapped, the second is mapped. */
static void the_beginning_counts_as_well(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *end = guarded_end(), *start = end - page;

	(void)state;
	assert_return_code(mprotect(start, page, PROT_NONE), 0);
	assert_return_code(mprotect(end, page, PROT_READ), 0);
	assert_false(readable(end - 1, 1));
	assert_false(readable(end - 1, 2));
	assert_false(readable(end - 16, 32));
	assert_true(readable(end, 16));
	assert_false(readable(end - 1, 2));
}

/* More bytes than the address space has: the beginning decides, and the end must not wrap
 * around. */
static void the_beginning_of_a_long_range_decides(void **state)
{
	unsigned char *end = guarded_end();

	(void)state;
	assert_false(readable(end, SIZE_MAX));
	assert_false(readable(end - 8, SIZE_MAX));
	assert_false(readable(end - 8, SIZE_MAX / 2));
	/* The same once the page is remembered. */
	assert_true(readable(end - 8, 8));
	assert_false(readable(end - 8, 4000));
	assert_false(readable(end - 8, SIZE_MAX / 2));
	assert_false(readable(end - 8, SIZE_MAX - 100));
	assert_false(readable(end - 8, SIZE_MAX));
}

/* In whole pages, because the kernel checks a range page by page. */
static void counts_what_can_be_read(void **state)
{
	unsigned char *end = guarded_end();
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	for (size_t len = 0; len <= 64; len++)
		assert_int_equal(readable_count(end - len, len), len);
	assert_int_equal(readable_count(end - 64, 8), 8);
	assert_int_equal(readable_count(end - 8, 9), 8);
	assert_int_equal(readable_count(end - 8, SIZE_MAX), 8);
	assert_int_equal(readable_count(end - page, 2 * page), page);
	assert_int_equal(readable_count(end - page + 3, page), page - 3);
	assert_int_equal(readable_count(end, 100), 0);
	assert_int_equal(readable_count(NULL, 100), 0);
	assert_int_equal(readable_count(NULL, 0), 0);
	assert_int_equal(readable_count((const void *)UINTPTR_MAX, 100), 0);
}

static void what_becomes_readable_is_seen(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *end = guarded_end();

	(void)state;
	assert_false(readable(end, 1));
	assert_return_code(mprotect(end, page, PROT_READ), 0);
	assert_true(readable(end, 1));
}

/* Mapped, but past the end of the file: reading would be SIGBUS, and EFAULT from the kernel. */
static void a_page_past_the_files_end_is_not(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = memfd_create("readable", MFD_CLOEXEC);
	unsigned char *mapped = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, fd, 0);

	(void)state;
	need_no_valgrind(); /* it takes what is mapped for readable */
	assert_ptr_not_equal(mapped, MAP_FAILED);
	assert_return_code(ftruncate(fd, (off_t)page), 0);
	assert_true(readable(mapped, page));
	assert_false(readable(mapped + page, 1));
	close(fd);
}

/* A page that was unmapped after it was seen is not noticed, which shows that the kernel is not
 * asked again: alternating pages cost no calls. */
static void a_page_is_asked_for_once(void **state)
{
	unsigned char *end = guarded_end(), *other = guarded_end();
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	assert_true(readable(end - 1, 1));
	assert_true(readable(other - 1, 1));
	assert_return_code(mprotect(end - page, page, PROT_NONE), 0);
	assert_true(readable(end - 1, 1));
}

static void errno_is_kept(void **state)
{
	unsigned char *end = guarded_end();

	(void)state;
	errno = 4711;
	assert_true(readable(end - 8, 8));
	assert_int_equal(errno, 4711);
	assert_false(readable(end, 8));
	assert_int_equal(errno, 4711);
	assert_false(readable(NULL, 8));
	assert_int_equal(errno, 4711);
}

/* The check uses a call that can block signals; it must not do so. */
static void the_signal_mask_is_kept(void **state)
{
	unsigned char *end = guarded_end();
	sigset_t before, after;

	(void)state;
	pthread_sigmask(SIG_BLOCK, NULL, &before);
	memset(end - 64, 0xff, 64);
	assert_true(readable(end - 64, 64));
	assert_false(readable(end, 64));
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	for (int signal = 1; signal < 65; signal++)
		assert_int_equal(sigismember(&after, signal), sigismember(&before, signal));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_readable),
		cmocka_unit_test(what_no_address_is_is_not),
		cmocka_unit_test(null_is_not_readable_after_others_were),
		cmocka_unit_test(no_bytes_are_always_readable),
		cmocka_unit_test(a_page_without_rights_is_not),
		cmocka_unit_test(every_byte_counts_at_the_end_of_a_page),
		cmocka_unit_test(the_beginning_counts_as_well),
		cmocka_unit_test(the_beginning_of_a_long_range_decides),
		cmocka_unit_test(counts_what_can_be_read),
		cmocka_unit_test(what_becomes_readable_is_seen),
		cmocka_unit_test(a_page_past_the_files_end_is_not),
		cmocka_unit_test(a_page_is_asked_for_once),
		cmocka_unit_test(errno_is_kept),
		cmocka_unit_test(the_signal_mask_is_kept),
	};

	return cmocka_run_group_tests_name("readable", tests, NULL, NULL);
}
