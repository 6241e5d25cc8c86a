/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library shows of itself: datagrams are counted by each thread, begin at zero in a forked
 * process, and events are inherited there. Each test is a process, because nothing sets the counts
 * back.
 */
#include "runtime/status.h"

#include "lookup.h"
#include "runtime/env.h"
#include "runtime/log.h"
#include "runtime/process.h"

#include <pthread.h>
#include <stdlib.h>

static const struct status_counts *counts(void)
{
	return (const struct status_counts *)(uintptr_t)status_shown.counts;
}

static uint64_t sum(size_t offset)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < status_shown.stripes; i++) {
		uint64_t count;

		memcpy(&count,
			(const char *)counts()->stripes + (size_t)i * status_shown.stripe_size +
				offset,
			sizeof(count));
		total += count;
	}
	return total;
}

static uint64_t learnt(void)
{
	return sum(offsetof(struct status_stripe, learnt));
}

static uint64_t sent(enum choice choice)
{
	return sum(offsetof(struct status_stripe, sent) + choice * sizeof(uint64_t));
}

static void start(void)
{
	process_init();
	status_init();
	begin(64);
}

static enum choice answer(uint32_t n)
{
	struct sample_peer peer = sample_peer(n);
	struct source source;

	return answer_to(&peer, false, &source);
}

static int count_each_way(void)
{
	start();
	CHECK(learnt() == 0 && answer(1) == CHOICE_NONE && sent(CHOICE_NONE) == 1);
	receive(1, 0);
	receive(1, 0); /* nothing new, and counted */
	receive(2, 0);
	CHECK(learnt() == 3);
	CHECK(answer(2) == CHOICE_LAST && answer(1) == CHOICE_TABLE && answer(2) == CHOICE_TABLE);
	CHECK(sent(CHOICE_LAST) == 1 && sent(CHOICE_TABLE) == 2 && sent(CHOICE_NONE) == 1);
	return 0;
}

static void datagrams_are_counted(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(count_each_way), 0);
}

enum { THREADS = 40, DATAGRAMS = 1000 };

static void *receive_many(void *arg)
{
	for (uint32_t i = 0; i < DATAGRAMS; i++) {
		receive((uint32_t)(uintptr_t)arg, 0);
		answer((uint32_t)(uintptr_t)arg);
	}
	return NULL;
}

static int count_in_threads(void)
{
	pthread_t threads[THREADS];

	start();
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, receive_many, (void *)i) != 0)
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK(learnt() == THREADS * DATAGRAMS);
	CHECK(sent(CHOICE_LAST) + sent(CHOICE_TABLE) == THREADS * DATAGRAMS);
	return 0;
}

static void threads_lose_no_count(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(count_in_threads), 0);
}

static int count_after_fork(void)
{
	CHECK(learnt() == 0 && counts()->evicted == 0);
	CHECK(status_shown.events[STATUS_WATCHED] == 1);
	receive(1, 0);
	CHECK(learnt() == 1);
	return 0;
}

static int fork_with_counts(void)
{
	start();
	receive(1, 0);
	status_count_event(STATUS_WATCHED);
	status_count_evicted(0);
	CHECK(run_in_child(count_after_fork) == 0);
	CHECK(learnt() == 1 && counts()->evicted == 1);
	return 0;
}

static void a_forked_process_counts_for_itself(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(fork_with_counts), 0);
}

static int evict_peers(void)
{
	uint64_t before;

	start();
	for (uint32_t n = 0; n < 64; n++)
		receive(n, 0);
	CHECK(counts()->evicted > 0 && counts()->evicted < 64);
	status_note_table(&(struct status_table){.expiry_s = 10});
	before = counts()->evicted;
	status_count_evicted(11);
	CHECK(counts()->evicted == before);
	status_count_evicted(10);
	CHECK(counts()->evicted == before + 1);
	return 0;
}

static int refuse(void)
{
	start();
	status_count_refused();
	CHECK(counts()->refused == 1 && counts()->evicted == 0);
	return 0;
}

static void refusals_are_counted(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(refuse), 0);
}

static void only_what_has_not_expired_is_evicted(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(evict_peers), 0);
}

static int read_settings(void)
{
	setenv("BINDRIGHT_V6ONLY", "auto,tcp/1521=off", 1);
	setenv("BINDRIGHT_REPLY", "nonsense", 1);
	setenv("BINDRIGHT_LOG", "info:stderr", 1);
	CHECK(status_shown.state == STATUS_NOT_STARTED);
	env_settings();
	CHECK(status_shown.state == STATUS_ACTS);
	CHECK(strstr(status_shown.settings, "BINDRIGHT_LOG=info:stderr\n") != NULL);
	CHECK(strstr(status_shown.settings, "BINDRIGHT_V6ONLY=auto,tcp/1521=off\n") != NULL);
	/* A value in error is not in effect. */
	CHECK(strstr(status_shown.settings, "BINDRIGHT_REPLY=on\n") != NULL);
	log_line(LOG_LEVEL_INFO, "no warning");
	CHECK(status_shown.events[STATUS_WARNINGS] == 0);
	log_line(LOG_LEVEL_WARN, "a warning");
	CHECK(status_shown.events[STATUS_WARNINGS] == 1);
	return 0;
}

static void the_settings_in_effect_are_shown(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_settings), 0);
}

static int note_much(void)
{
	static char value[2000];

	memset(value, 'x', sizeof(value) - 1);
	status_note_setting("FIRST", "1");
	status_note_setting("LONG", value);
	status_note_setting("LAST", "2");
	CHECK(strcmp(status_shown.settings, "FIRST=1\nLAST=2\n") == 0);
	return 0;
}

static void a_setting_that_does_not_fit_is_left_out(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(note_much), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_are_counted),
		cmocka_unit_test(threads_lose_no_count),
		cmocka_unit_test(a_forked_process_counts_for_itself),
		cmocka_unit_test(only_what_has_not_expired_is_evicted),
		cmocka_unit_test(refusals_are_counted),
		cmocka_unit_test(the_settings_in_effect_are_shown),
		cmocka_unit_test(a_setting_that_does_not_fit_is_left_out),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
