/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table among threads, processes and signal handlers: whichever writes at the same time,
 * is interrupted or dies half-way, none finds a source of another peer.
 */
#include "interrupt.h"
#include "table.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

/* ---- Threads */
enum { THREADS = 4, THREAD_STEPS = 100000, THREAD_ASKERS = 32 };

struct worker {
	pthread_t thread;
	const struct peers *peers;
	struct dice dice;
	uint32_t error; /* sources found that are another peer's */
};

static void work_once(struct worker *worker)
{
	uint32_t n = dice_below(&worker->dice, THREAD_ASKERS);
	uint32_t what = dice_below(&worker->dice, 16);
	struct source found;

	if (what < 7)
		learn(worker->peers, n, dice_below(&worker->dice, 1000), 10);
	else if (what == 7)
		forget(worker->peers, n);
	else if (find(worker->peers, n, 10, &found) && !source_belongs_to(&found, n))
		worker->error++;
}

static void *work(void *arg)
{
	for (int step = 0; step < runs(THREAD_STEPS); step++)
		work_once(arg);
	return NULL;
}

static void threads_never_see_a_mixture(void **state)
{
	const struct peers *peers = make_table(16);
	struct worker workers[THREADS];
	uint32_t error = 0;

	(void)state;
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.peers = peers, .dice = {i + 1}};
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		error += workers[i].error;
	}
	assert_int_equal(error, 0);
	assert_int_equal(count_odd(), 0);
	for (uint32_t n = 0; n < THREAD_ASKERS; n++) {
		learn(peers, n, 5000, 10);
		assert_found(peers, n, 5000, 10);
	}
}

/* Each thread has its own keys and the table is large enough for all: a thread must find what it
 * learned, whatever others do in the same buckets. */
static void *work_alone(void *arg)
{
	struct worker *worker = arg;
	uint32_t own = (uint32_t)worker->dice.state;

	for (uint32_t k = 0; k < (uint32_t)runs(THREAD_STEPS); k++) {
		struct source found, expected = sample_source(own, k);

		learn(worker->peers, own, k, 10);
		if (!find(worker->peers, own, 10, &found) || !source_is_equal(&found, &expected))
			worker->error++;
	}
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	const struct peers *peers = make_table(ONE_BUCKET);
	struct worker workers[ONE_BUCKET];

	(void)state;
	/* All are learned before, so no two threads look for a free entry at once. */
	for (uint32_t i = 0; i < ONE_BUCKET; i++)
		learn(peers, i, 0, 10);
	for (uint32_t i = 0; i < ONE_BUCKET; i++) {
		workers[i] = (struct worker){.peers = peers, .dice = {i}};
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, work_alone, &workers[i]), 0);
	}
	for (uint32_t i = 0; i < ONE_BUCKET; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].error, 0);
	}
}

/* Processes. */
enum { KILLS = 50, CHILD_WARM_UP = 500, PARENT_STEPS = 2000 };

static _Noreturn void learn_until_killed(const struct peers *peers, uint32_t seed, int ready_fd)
{
	struct worker worker = {.peers = peers, .dice = {seed}};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (uint32_t step = 0;; step++) {
		work_once(&worker);
		if (step == CHILD_WARM_UP && write(ready_fd, "r", 1) != 1)
			_exit(1);
	}
}

/* Forks a child that uses the table; returns when it has begun. */
static pid_t start_worker_process(const struct peers *peers, uint32_t seed)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_return_code(pipe(ready), 0);
	child = fork();
	if (child == 0)
		learn_until_killed(peers, seed, ready[1]);
	assert_int_not_equal(child, -1);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void processes_killed_at_work_do_no_harm(void **state)
{
	const struct peers *peers = make_table(256);
	struct worker parent = {.peers = peers, .dice = {99}};

	(void)state;
	for (uint32_t kills = 1; kills <= (uint32_t)runs(KILLS); kills++) {
		pid_t child = start_worker_process(peers, kills);

		for (uint32_t step = 0; step < PARENT_STEPS + kills; step++)
			work_once(&parent);
		assert_return_code(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_true(count_odd() <= kills);
		for (int step = 0; step < PARENT_STEPS; step++)
			work_once(&parent);
		assert_int_equal(parent.error, 0);
	}
}

/* The same without chance: a writer is killed before each of its instructions. */
static const struct peers *shared;

static void prepare_shared(void)
{
	shared = make_table(ONE_BUCKET);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(shared, n, 0, 10 + n);
}

static void change_peer_1(void)
{
	learn(shared, 1, 1, 20);
}

static void replace_peer_0(void)
{
	learn(shared, 9, 1, 20);
}

static void forget_peer_1(void)
{
	forget(shared, 1);
}

/* Counts keys with a wrong result: another peer's source or, for keys that no writer touched, not
 * the learned one. */
static int count_wrong(uint32_t touched)
{
	struct source found, expected;
	int error = 0;

	for (uint32_t n = 0; n < ONE_BUCKET; n++) {
		bool is_found = find(shared, n, 20, &found);

		expected = sample_source(n, 0);
		if (is_found && !source_belongs_to(&found, n))
			error++;
		if (n != touched && (!is_found || !source_is_equal(&found, &expected)))
			error++;
	}
	return error;
}

static int judge(uint32_t touched)
{
	int error = count_wrong(touched) + (count_odd() > 1);
	struct source found, expected = sample_source(50, 3);

	/* The next peer gets another entry at once, never the one that was left odd. */
	learn(shared, 50, 3, 30);
	if (!find(shared, 50, 30, &found) || !source_is_equal(&found, &expected))
		error++;
	return error;
}

static int check_peer_0(void)
{
	struct source found;

	if (find(shared, 9, 20, &found) && !source_belongs_to(&found, 9))
		return 1;
	return judge(0);
}

static int check_peer_1(void)
{
	return judge(1);
}

static void death_at_any_instruction_costs_one_entry(void **state)
{
	static const struct interruption changing = {
		.flow = change_peer_1, .verdict = check_peer_1, .prepare = prepare_shared};
	static const struct interruption replacing = {
		.flow = replace_peer_0, .verdict = check_peer_0, .prepare = prepare_shared};
	static const struct interruption forgetting = {
		.flow = forget_peer_1, .verdict = check_peer_1, .prepare = prepare_shared};

	(void)state;
	assert_int_equal(interrupt_everywhere(&changing), 0);
	assert_int_equal(interrupt_everywhere(&replacing), 0);
	assert_int_equal(interrupt_everywhere(&forgetting), 0);
}

/* A handler that receives and answers while the thread it interrupts is in the same bucket. */
static int wrong_in_handler;

static void answer_in_handler(int signal)
{
	struct source found, expected = sample_source(3, 8);

	(void)signal;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		if (find(shared, n, 20, &found) && !source_belongs_to(&found, n))
			wrong_in_handler++;
	learn(shared, 3, 8, 20);
	if (!find(shared, 3, 20, &found) || !source_is_equal(&found, &expected))
		wrong_in_handler++;
}

static int judge_handler(void)
{
	struct source found, by_handler = sample_source(3, 8), by_flow = sample_source(1, 1);

	if (!find(shared, 3, 20, &found) || !source_is_equal(&found, &by_handler))
		return 1;
	if (!find(shared, 1, 20, &found) || !source_is_equal(&found, &by_flow))
		return 1;
	return wrong_in_handler + (count_odd() != 0);
}

static void a_handler_may_come_at_any_instruction(void **state)
{
	static const struct interruption handling = {.flow = change_peer_1,
		.handler = answer_in_handler,
		.verdict = judge_handler,
		.prepare = prepare_shared};

	(void)state;
	assert_int_equal(interrupt_everywhere(&handling), 0);
}

/* The other way round: the handler changes every word of the entry that its thread reads. */
static const struct source old_source = {{{1, 1, 1, 1}}, 1}, new_source = {{{2, 2, 2, 2}}, 2};
static struct source seen;

static void learn_source(const struct source *source)
{
	struct peer_key peer_key = sample_key(1);

	peers_learn(shared, &peer_key, source, true, 20);
}

static void prepare_to_read(void)
{
	prepare_shared();
	learn_source(&old_source);
}

static void read_peer_1(void)
{
	find(shared, 1, 20, &seen);
}

static void change_in_handler(int signal)
{
	(void)signal;
	learn_source(&new_source);
}

static int judge_reader(void)
{
	return !source_is_equal(&seen, &old_source) && !source_is_equal(&seen, &new_source);
}

static void a_reader_sees_no_mixture_whenever_it_is_interrupted(void **state)
{
	static const struct interruption reading = {.flow = read_peer_1,
		.handler = change_in_handler,
		.verdict = judge_reader,
		.prepare = prepare_to_read};

	(void)state;
	assert_int_equal(interrupt_everywhere(&reading), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_never_see_a_mixture),
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test(processes_killed_at_work_do_no_harm),
		cmocka_unit_test(death_at_any_instruction_costs_one_entry),
		cmocka_unit_test(a_handler_may_come_at_any_instruction),
		cmocka_unit_test(a_reader_sees_no_mixture_whenever_it_is_interrupted),
	};

	return cmocka_run_group_tests_name("peers_shared", tests, NULL, free_table);
}
