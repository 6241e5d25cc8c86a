/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flags of descriptors: stored for each within the table's limit and for no others, never
 * written by a vfork child into its parent's memory; and the derived flags.
 */
#include "sockets/fd_flags.h"

#include "runtime/process.h"

#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

enum { END = 1048576 }; /* the first descriptor without an entry */

static int start(void **state)
{
	(void)state;
	process_init();
	return 0;
}

/* ---- Derived flags
 * ----------------------------------------------------------------------------- */

enum { UDP = FD_CLASSIFIED | FD_INET | FD_UDP, SERVER = UDP | FD_BOUND | FD_CANDIDATE };

static void the_others_follow_from_the_facts(void **state)
{
	static const struct {
		uint32_t facts, follow;
	} cases[] = {
		{0, 0},
		{FD_CLASSIFIED, 0},
		{FD_CLASSIFIED | FD_INET | FD_TCP, 0},
		/* Not bound: it may become a server's or a client's. */
		{UDP, FD_SELECTS | FD_UNDECIDED},
		{UDP | FD_MAY_FOLLOW, FD_SELECTS | FD_UNDECIDED},
		{UDP | FD_LEFT_ALONE, 0},
		{SERVER, FD_SELECTS | FD_UNDECIDED},
		{SERVER | FD_WATCHED, FD_SELECTS | FD_LEARNS},
		{SERVER | FD_WATCHED | FD_APP_EGRESS, FD_SELECTS | FD_LEARNS},
		{SERVER | FD_WATCHED | FD_APP_MULTICAST_IF, FD_SELECTS | FD_LEARNS},
		{SERVER | FD_WATCHED | FD_APP_UNICAST_IF, 0},
		{SERVER | FD_WATCHED | FD_CONNECTED, 0},
		{SERVER | FD_WATCHED | FD_LEFT_ALONE, 0},
		{SERVER | FD_CONNECTED, 0},
		/* Bound to a specific address, or with a rule that is off. */
		{UDP | FD_BOUND, 0},
		{UDP | FD_BOUND | FD_WATCHED, 0},
		{UDP | FD_BOUND | FD_KERNEL_PORT | FD_MAY_FOLLOW, FD_SELECTS},
		/* Its first receive checks IPv4 before anything else, with replies on or off. */
		{SERVER | FD_V4_UNCHECKED, FD_SELECTS | FD_UNDECIDED},
		{SERVER | FD_WATCHED | FD_V4_UNCHECKED, FD_SELECTS | FD_UNDECIDED},
		{UDP | FD_BOUND | FD_LEFT_ALONE | FD_V4_UNCHECKED, FD_UNDECIDED},
		{FD_CLASSIFIED | FD_INET | FD_TCP | FD_V4_UNCHECKED, 0},
		/* Watched by another process, and off by the rules of this one. */
		{UDP | FD_BOUND | FD_WATCHED | FD_MAY_FOLLOW, FD_SELECTS},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		uint32_t all = cases[i].facts | FD_SELECTS | FD_UNDECIDED | FD_LEARNS;
		uint32_t expected = cases[i].facts | cases[i].follow;

		if (fd_flags_derive(cases[i].facts) != expected || fd_flags_derive(all) != expected)
			fail_msg("case %zu: %#x, not %#x", i, fd_flags_derive(all), expected);
	}
}

/* For any flags: deriving twice changes nothing, other flags stay, and an unwatched socket does not
 * learn. */
static void settling_is_settled(void **state)
{
	enum { FOLLOW = FD_SELECTS | FD_UNDECIDED | FD_LEARNS };
	struct dice dice = {1};

	(void)state;
	for (int i = 0; i < runs(1000000); i++) {
		uint32_t facts = (uint32_t)dice_roll(&dice), settled = fd_flags_derive(facts);

		assert_int_equal(settled & ~(uint32_t)FOLLOW, facts & ~(uint32_t)FOLLOW);
		assert_int_equal(fd_flags_derive(settled), settled);
		assert_true(!(settled & FD_LEARNS) || settled & FD_WATCHED);
		assert_true(!(settled & FD_LEARNS) || !(settled & FD_UNDECIDED));
		assert_true(!(settled & FOLLOW) || settled & FD_UDP);
	}
}

static void sockets_with_a_chosen_port_may_be_followed(void **state)
{
	(void)state;
	assert_true(fd_flags_may_be_followed(SERVER));
	assert_true(fd_flags_may_be_followed(SERVER | FD_INHERITED));
	assert_false(fd_flags_may_be_followed(UDP));
	assert_false(fd_flags_may_be_followed(SERVER | FD_KERNEL_PORT));
	assert_false(fd_flags_may_be_followed(SERVER | FD_APP_EGRESS));
}

static void the_programs_families_are_kept(void **state)
{
	(void)state;
	for (unsigned int families = 0; families < 4; families++) {
		uint32_t flags = UINT32_MAX & ~(uint32_t)FD_APP_PKTINFO;

		flags |= fd_flags_of_families(families);
		assert_int_equal(fd_flags_app_families(flags), families);
		assert_int_equal(fd_flags_of_families(families) & ~(uint32_t)FD_APP_PKTINFO, 0);
	}
}

/* ---- The table ---------------------------------------------------------------------------------
 */

static void keeps_an_entry_for_each_descriptor(void **state)
{
	static const int fds[] = {0, 1, 2, 3, 1023, 1024, FD_CHUNK - 1, FD_CHUNK, FD_CHUNK + 1,
		65535, 500000, END - 1};

	(void)state;
	for (size_t i = 0; i < LENGTH(fds); i++)
		assert_int_equal(fd_flags(fds[i]), 0);
	for (uint32_t i = 0; i < LENGTH(fds); i++) {
		assert_true(fd_flags_set(fds[i], FD_CLASSIFIED | i << 15));
		assert_true(fd_socket_id_set(fds[i], 100 + i));
	}
	for (uint32_t i = 0; i < LENGTH(fds); i++) {
		uint32_t socket = 0;

		assert_int_equal(fd_flags(fds[i]), FD_CLASSIFIED | i << 15);
		assert_int_equal(fd_socket_id(fds[i]), 100 + i);
		assert_int_equal(fd_flags_and_id(fds[i], &socket), fd_flags(fds[i]));
		assert_int_equal(socket, 100 + i);
	}
	/* Another descriptor has the number, so the socket is another too. */
	for (size_t i = 0; i < LENGTH(fds); i++) {
		assert_true(fd_flags_set(fds[i], 0));
		assert_int_equal(fd_flags(fds[i]), 0);
		assert_int_equal(fd_socket_id(fds[i]), 0);
	}
	assert_int_equal(fd_end(), END);
	/* The first chunk ends here. */
	assert_ptr_equal(fd_find(FD_CHUNK - 1), &fd_first_chunk[FD_CHUNK - 1]);
	assert_ptr_equal(fd_find(FD_CHUNK), fd_find_high(FD_CHUNK));
	assert_true(fd_flags_set(7, 0));
	assert_int_equal(fd_end(), END);
}

static void has_none_for_what_is_no_descriptor(void **state)
{
	static const int fds[] = {-1, -2, -100, INT_MIN, INT_MIN + 1, END, END + 1, INT_MAX};

	(void)state;
	for (size_t i = 0; i < LENGTH(fds); i++) {
		uint32_t socket = 7;

		assert_int_equal(fd_flags(fds[i]), 0);
		assert_false(fd_flags_set(fds[i], FD_CLASSIFIED));
		assert_int_equal(fd_flags_change(fds[i], FD_CLASSIFIED, 0), 0);
		assert_false(fd_socket_id_set(fds[i], 1));
		fd_flags_duplicate(1, fds[i]);
		assert_int_equal(fd_flags_and_id(fds[i], &socket), 0);
		assert_int_equal(socket, 0);
	}
}

static void changes_are_settled(void **state)
{
	(void)state;
	assert_true(fd_flags_set(5, SERVER));
	assert_true(fd_socket_id_set(5, 77));
	assert_int_equal(fd_flags(5), SERVER | FD_SELECTS | FD_UNDECIDED);
	assert_int_equal(
		fd_flags_change(5, FD_WATCHED, 0), SERVER | FD_WATCHED | FD_SELECTS | FD_LEARNS);
	assert_int_equal(fd_flags_change(5, FD_LEFT_ALONE, FD_WATCHED), SERVER | FD_LEFT_ALONE);
	/* Flags that another thread has set since the flags were read stay. */
	assert_int_equal(fd_flags_change(5, FD_REFUSAL_LOGGED, 0),
		SERVER | FD_LEFT_ALONE | FD_REFUSAL_LOGGED);
	assert_int_equal(fd_flags_update(5, SERVER | FD_LEFT_ALONE, UDP),
		UDP | FD_REFUSAL_LOGGED | FD_SELECTS | FD_UNDECIDED);
	assert_int_equal(fd_flags(5), UDP | FD_REFUSAL_LOGGED | FD_SELECTS | FD_UNDECIDED);
	assert_int_equal(fd_socket_id(5), 77);
}

static void a_duplicate_is_the_same(void **state)
{
	static const int fds[] = {10, 11, FD_CHUNK + 10, 800000, END - 2};

	(void)state;
	for (size_t i = 1; i < LENGTH(fds); i++) {
		assert_true(fd_flags_set(fds[i - 1], SERVER | FD_WATCHED));
		assert_true(fd_socket_id_set(fds[i - 1], 500 + (uint32_t)i));
		fd_flags_duplicate(fds[i - 1], fds[i]);
		assert_int_equal(fd_flags(fds[i]), fd_flags(fds[i - 1]));
		assert_int_equal(fd_socket_id(fds[i]), 500 + i);
	}
	/* A duplicate of an unknown descriptor is unknown, whatever the number was before. */
	fd_flags_duplicate(900000, 10);
	fd_flags_duplicate(-1, FD_CHUNK + 10);
	assert_int_equal(fd_flags(10), 0);
	assert_int_equal(fd_socket_id(10), 0);
	assert_int_equal(fd_flags(FD_CHUNK + 10), 0);
}

static void errno_is_kept(void **state)
{
	(void)state;
	errno = 4711;
	assert_true(fd_flags_set(6, FD_CLASSIFIED));
	assert_true(fd_flags_set(300000, FD_CLASSIFIED));
	assert_false(fd_flags_set(-1, FD_CLASSIFIED));
	assert_false(fd_flags_set(END, FD_CLASSIFIED));
	fd_flags_duplicate(6, 320000);
	assert_int_equal(errno, 4711);
}

/* ---- Other processes and threads ---------------------------------------------------------------
 */

/* A child with its parent's memory and its own descriptors, as after vfork and posix_spawn. */
static int run_in_vfork_child(int (*body)(void *))
{
	static _Alignas(16) unsigned char stack[65536];
	int status = 0;
	pid_t child = clone(body, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	if (child == -1)
		skip();
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int duplicate_in_child(void *unused)
{
	(void)unused;
	fd_flags_duplicate(8, 7);
	fd_flags_duplicate(7, 8);
	fd_flags_duplicate(8, 700000);
	return 0;
}

static void a_vfork_child_notes_nothing(void **state)
{
	(void)state;
	assert_true(fd_flags_set(7, 0));
	assert_true(fd_flags_set(8, SERVER));
	assert_int_equal(run_in_vfork_child(duplicate_in_child), 0);
	assert_int_equal(fd_flags(7), 0);
	assert_int_equal(fd_flags(8), fd_flags_derive(SERVER));
	assert_int_equal(fd_flags(700000), 0);
	fd_flags_duplicate(8, 7);
	assert_int_equal(fd_flags(7), fd_flags_derive(SERVER));
}

static int know_own_memory(void *unused)
{
	(void)unused;
	return process_is_vfork_child() ? 1 : 0;
}

static int note_after_fork(void)
{
	CHECK(!process_is_vfork_child() && fd_flags_set(8, SERVER));
	fd_flags_duplicate(8, 9);
	fd_flags_duplicate(8, 710000);
	CHECK(fd_flags(9) == fd_flags(8) && fd_flags(710000) == fd_flags(8));
	/* The forked child can be the parent of vfork children. */
	CHECK(run_in_vfork_child(know_own_memory) == 1);
	return 0;
}

static void a_forked_child_notes_for_itself(void **state)
{
	(void)state;
	assert_true(fd_flags_set(9, 0));
	assert_int_equal(run_in_child(note_after_fork), 0);
	assert_int_equal(fd_flags(9), 0);
	assert_int_equal(fd_flags(710000), 0);
	assert_false(process_is_vfork_child());
}

/* All threads write the first entry of a chunk at once, and each entry must stay. */
enum { THREADS = 8 };

static void *note_in_thread(void *arg)
{
	int index = (int)(intptr_t)arg;

	for (int chunk = 20; chunk < 60; chunk++)
		fd_flags_set(chunk * FD_CHUNK + index, FD_CLASSIFIED);
	/* Each thread adds and removes its own flag of one descriptor. */
	for (int i = 0; i < 10001; i++)
		fd_flags_change(12, i % 2 == 0 ? 1U << index << 15 : 0, 1U << index << 15);
	return NULL;
}

static void threads_lose_nothing(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	assert_true(fd_flags_set(12, FD_CLASSIFIED));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, note_in_thread, (void *)(intptr_t)i), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int chunk = 20; chunk < 60; chunk++)
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(fd_flags(chunk * FD_CHUNK + i), FD_CLASSIFIED);
	assert_int_equal(fd_flags(12), FD_CLASSIFIED | 0xff << 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_others_follow_from_the_facts),
		cmocka_unit_test(settling_is_settled),
		cmocka_unit_test(sockets_with_a_chosen_port_may_be_followed),
		cmocka_unit_test(the_programs_families_are_kept),
		cmocka_unit_test(keeps_an_entry_for_each_descriptor),
		cmocka_unit_test(has_none_for_what_is_no_descriptor),
		cmocka_unit_test(changes_are_settled),
		cmocka_unit_test(a_duplicate_is_the_same),
		cmocka_unit_test(errno_is_kept),
		cmocka_unit_test(a_vfork_child_notes_nothing),
		cmocka_unit_test(a_forked_child_notes_for_itself),
		cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests_name("fd_flags", tests, start, NULL);
}
