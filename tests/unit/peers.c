/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of peers: that it gives back what it was told last and nothing else, whoever writes
 * beside, is interrupted or dies; and what it gives up when it is full.
 */
#include "unit.h"

#include "interrupt.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { EXPIRY_S = 300, ENTRY = 64, ONE_BUCKET = PEERS_WAYS };

/* The memory of the table under test; made anew by each test, shared with its children. */
static unsigned char *memory;
static uint32_t capacity;

static struct peers *make_table_with(uint32_t entries, uint32_t expiry_s, uint64_t seed)
{
	struct dice dice = {seed};
	struct hash_key key = dice_key(&dice);

	if (memory != NULL)
		munmap(memory, peers_size(capacity));
	capacity = entries;
	memory = mmap(NULL, peers_size(entries), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	return peers_format(memory, entries, expiry_s, &key);
}

static struct peers *make_table(uint32_t entries)
{
	return make_table_with(entries, EXPIRY_S, 1);
}

/* The sequence count of the entry at this index. */
static _Atomic uint32_t *seq_at(uint32_t index)
{
	size_t header = peers_size(capacity) - (size_t)capacity * ENTRY;

	return (_Atomic uint32_t *)(void *)(memory + header + (size_t)index * ENTRY);
}

static uint32_t count_odd(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < capacity; i++)
		count += *seq_at(i) % 2;
	return count;
}

/* The writer of the entry that holds this place dies half-way. */
static void kill_writer_of(const struct peers_place *place)
{
	_Atomic uint32_t *seq = (_Atomic uint32_t *)place->seq;

	*seq += 1;
}

static struct peers_place learn(struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	return peers_learn(peers, &asker, &source, now_s);
}

static bool find(struct peers *peers, uint32_t n, uint32_t now_s, struct source *ret)
{
	struct asker asker = sample_asker(n);

	return peers_find(peers, &asker, now_s, ret);
}

static bool is_known(struct peers *peers, uint32_t n, uint32_t now_s)
{
	struct source ignored;

	return find(peers, n, now_s, &ignored);
}

static void forget(struct peers *peers, uint32_t n)
{
	struct asker asker = sample_asker(n);

	peers_forget(peers, &asker);
}

static void assert_source(struct peers *peers, const struct asker *asker, uint32_t now_s,
	const struct source *expected)
{
	struct source found;

	assert_true(peers_find(peers, asker, now_s, &found));
	assert_memory_equal(&found, expected, sizeof(found));
}

static void assert_found(struct peers *peers, uint32_t n, uint32_t k, uint32_t now_s)
{
	struct asker asker = sample_asker(n);
	struct source source = sample_source(n, k);

	assert_source(peers, &asker, now_s, &source);
}

static void finds_what_was_learnt(void **state)
{
	struct peers *peers = make_table(8192);

	(void)state;
	for (uint32_t n = 0; n < 100; n++)
		learn(peers, n, n, 10);
	for (uint32_t n = 0; n < 100; n++)
		assert_found(peers, n, n, 10);
}

static void leaves_what_it_does_not_know(void **state)
{
	struct peers *peers = make_table(16);
	struct source before = sample_source(3, 3), found = before;

	(void)state;
	assert_false(find(peers, 1, 10, &found));
	learn(peers, 1, 0, 10);
	assert_false(find(peers, 2, 10, &found));
	assert_false(find(peers, 1, 11 + EXPIRY_S, &found));
	assert_memory_equal(&found, &before, sizeof(found));
}

static void the_last_source_counts(void **state)
{
	struct peers *peers = make_table(16);

	(void)state;
	for (uint32_t k = 0; k < 10; k++) {
		learn(peers, 1, k, 10);
		assert_found(peers, 1, k, 10);
	}
	learn(peers, 1, 0, 10);
	assert_found(peers, 1, 0, 10);
}

static void every_part_of_an_asker_distinguishes(void **state)
{
	struct peers *peers = make_table(16);
	const struct asker base = sample_asker(1);
	struct asker others[] = {base, base, base, base, base};
	struct source source = sample_source(0, 0), ignored;

	(void)state;
	others[0].addr.word[0] ^= 1;
	others[1].addr.word[3] ^= 1;
	others[2].scope = 2;
	others[3].port ^= 1;
	others[4].our_port ^= 1;
	peers_learn(peers, &base, &source, 10);
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(peers_find(peers, &others[i], 10, &ignored));
}

/* Two of our sockets are asked by one peer, at two addresses. */
static void our_port_distinguishes_sockets(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct asker at_53 = sample_asker(1), at_123 = at_53;
	struct source a = sample_source(1, 1), b = sample_source(1, 2);

	(void)state;
	at_123.our_port = htons(123);
	peers_learn(peers, &at_53, &a, 10);
	peers_learn(peers, &at_123, &b, 10);
	assert_source(peers, &at_53, 10, &a);
	assert_source(peers, &at_123, 10, &b);
	peers_forget(peers, &at_53);
	assert_false(peers_find(peers, &at_53, 10, &a));
	assert_source(peers, &at_123, 10, &b);
}

static void forgets_the_asker_alone(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 10);
	forget(peers, 2);
	forget(peers, 77);
	assert_false(is_known(peers, 2, 10));
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		if (n != 2)
			assert_found(peers, n, 0, 10);
	learn(peers, 2, 5, 10);
	assert_found(peers, 2, 5, 10);
}

/* What was forgotten is the first to make room, however young it is. */
static void a_forgotten_entry_is_taken_first(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 10 + n);
	forget(peers, 3);
	learn(peers, 9, 0, 20);
	for (uint32_t n = 0; n < 3; n++)
		assert_found(peers, n, 0, 20);
	assert_found(peers, 9, 0, 20);
}

static void expires(void **state)
{
	struct peers *peers = make_table(16);

	(void)state;
	learn(peers, 1, 0, 10);
	assert_found(peers, 1, 0, 10 + EXPIRY_S);
	assert_false(is_known(peers, 1, 11 + EXPIRY_S));
	learn(peers, 1, 0, 10 + EXPIRY_S);
	assert_found(peers, 1, 0, 10 + 2 * EXPIRY_S);
	assert_false(is_known(peers, 1, 11 + 2 * EXPIRY_S));
	learn(peers, 1, 0, 5000);
	assert_found(peers, 1, 0, 5000);
}

/* Another process has read the clock a moment before the one that learnt. */
static void a_clock_a_little_behind_is_no_age(void **state)
{
	struct peers *peers = make_table(16);

	(void)state;
	learn(peers, 1, 0, 1000);
	assert_found(peers, 1, 0, 999);
	learn(peers, 2, 0, 0);
	assert_found(peers, 2, 0, UINT32_MAX);
}

static void expires_across_the_wrap_of_the_clock(void **state)
{
	struct peers *peers = make_table(16);
	const uint32_t now_s = UINT32_MAX - 5;

	(void)state;
	learn(peers, 1, 0, now_s);
	assert_found(peers, 1, 0, UINT32_MAX);
	assert_found(peers, 1, 0, 0);
	assert_found(peers, 1, 0, now_s + EXPIRY_S);
	assert_false(is_known(peers, 1, now_s + EXPIRY_S + 1));
}

static void replaces_the_oldest_from(uint32_t start_s)
{
	struct peers *peers = make_table(ONE_BUCKET);

	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(peers, n, 0, start_s + n);
	learn(peers, 0, 0, start_s + 5); /* refreshed: 1 is the oldest now */
	learn(peers, 9, 0, start_s + 6);
	assert_false(is_known(peers, 1, start_s + 6));
	learn(peers, 10, 0, start_s + 7);
	assert_false(is_known(peers, 2, start_s + 7));
	assert_found(peers, 0, 0, start_s + 7);
	assert_found(peers, 3, 0, start_s + 7);
	assert_found(peers, 9, 0, start_s + 7);
	assert_found(peers, 10, 0, start_s + 7);
}

static void replaces_the_oldest(void **state)
{
	(void)state;
	replaces_the_oldest_from(10);
}

static void replaces_the_oldest_across_the_wrap(void **state)
{
	(void)state;
	replaces_the_oldest_from(UINT32_MAX - 3);
	replaces_the_oldest_from(UINT32_MAX - 6);
}

static void a_place_holds_until_something_changes_there(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place first = learn(peers, 1, 0, 10), again, changed;

	(void)state;
	assert_true(peers_still_holds(&first));
	again = learn(peers, 1, 0, 11);
	assert_ptr_equal(again.seq, first.seq);
	assert_true(peers_still_holds(&first));
	assert_true(peers_still_holds(&again));
	changed = learn(peers, 1, 1, 11);
	assert_false(peers_still_holds(&first));
	assert_true(peers_still_holds(&changed));
	forget(peers, 1);
	assert_false(peers_still_holds(&changed));
}

static void a_place_given_to_another_holds_no_more(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 0, 0, 10);

	(void)state;
	for (uint32_t n = 1; n < ONE_BUCKET; n++)
		learn(peers, n, 0, 11);
	assert_true(peers_still_holds(&place));
	learn(peers, 9, 0, 12);
	assert_false(peers_still_holds(&place));
}

static void nowhere_holds_nothing(void **state)
{
	const struct peers_place nowhere = {NULL, 0};

	(void)state;
	assert_false(peers_still_holds(&nowhere));
}

static void an_entry_left_odd_costs_itself_alone(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place place = learn(peers, 0, 0, 10);
	uint32_t odd;

	(void)state;
	kill_writer_of(&place);
	odd = *place.seq;
	assert_false(is_known(peers, 0, 10));
	/* The three others serve on, and the asker that lost its entry finds another. */
	for (uint32_t n = 0; n < ONE_BUCKET - 1; n++)
		learn(peers, n, 1, 11);
	for (uint32_t n = 0; n < ONE_BUCKET - 1; n++)
		assert_found(peers, n, 1, 11);
	for (uint32_t n = 20; n < 40; n++) {
		learn(peers, n, 0, 12);
		assert_found(peers, n, 0, 12);
	}
	forget(peers, 0);
	assert_int_equal(*place.seq, odd);
	assert_int_equal(count_odd(), 1);
}

static void a_bucket_of_odd_entries_knows_nothing(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct peers_place places[ONE_BUCKET], place;

	(void)state;
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		places[n] = learn(peers, n, 0, 10);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		kill_writer_of(&places[n]);
	for (uint32_t n = 0; n < 2 * ONE_BUCKET; n++) {
		place = learn(peers, n, 1, 10);
		assert_null(place.seq);
		assert_false(is_known(peers, n, 10));
		forget(peers, n);
	}
}

/* The property: a table and a model of it that never forgets are told the same. */
enum { MODEL_ASKERS = 24, MODEL_STEPS = 2000, MODEL_SEEDS = 200 };

struct model {
	struct peers *peers;
	struct dice dice;
	uint32_t now_s;
	bool has_odd; /* entries go odd as well: then what is learnt need not be found */
	struct {
		bool is_known;
		uint32_t learnt_s;
		struct source source;
	} last[MODEL_ASKERS];
};

static void model_learn(struct model *model, uint32_t n)
{
	uint32_t k = dice_below(&model->dice, 4);

	learn(model->peers, n, k, model->now_s);
	model->last[n].is_known = true;
	model->last[n].learnt_s = model->now_s;
	model->last[n].source = sample_source(n, k);
	if (!model->has_odd)
		assert_found(model->peers, n, k, model->now_s);
}

/* What the table knows must be what the model knows; it may know less. */
static bool model_agrees(struct model *model, uint32_t n)
{
	struct source found;

	if (!find(model->peers, n, model->now_s, &found))
		return true;
	return model->last[n].is_known && source_is_equal(&found, &model->last[n].source) &&
	       model->now_s - model->last[n].learnt_s <= EXPIRY_S;
}

static void model_step(struct model *model, uint32_t n)
{
	uint32_t what = dice_below(&model->dice, 100);

	if (what < 60) {
		model_learn(model, n);
	} else if (what < 70) {
		forget(model->peers, n);
		model->last[n].is_known = false;
	} else if (what < 90) {
		model->now_s += dice_below(&model->dice, 3);
	} else if (what < 92) {
		model->now_s += dice_below(&model->dice, 2 * EXPIRY_S);
	} else if (what == 92 && model->has_odd && dice_below(&model->dice, 20) == 0) {
		*seq_at(dice_below(&model->dice, capacity)) |= 1;
	}
}

static void compare_with_model(uint32_t seed, bool has_odd)
{
	struct model model = {
		.peers = make_table_with(16, EXPIRY_S, seed),
		.dice = {seed},
		.now_s = seed % 2 == 0 ? 1000 : UINT32_MAX - 2000,
		.has_odd = has_odd,
	};

	for (int step = 0; step < MODEL_STEPS; step++) {
		model_step(&model, dice_below(&model.dice, MODEL_ASKERS));
		for (uint32_t n = 0; n < MODEL_ASKERS; n++)
			if (!model_agrees(&model, n))
				fail_msg("seed %u, step %d: asker %u", seed, step, n);
	}
}

static void agrees_with_a_model(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= MODEL_SEEDS; seed++)
		compare_with_model(seed, false);
}

static void agrees_with_a_model_while_writers_die(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= MODEL_SEEDS; seed++)
		compare_with_model(seed, true);
}

/* Threads. */
enum { THREADS = 4, THREAD_STEPS = 100000, THREAD_ASKERS = 32 };

struct worker {
	pthread_t thread;
	struct peers *peers;
	struct dice dice;
	uint32_t wrong; /* sources found that are not the asker's */
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
		worker->wrong++;
}

static void *work(void *arg)
{
	for (int step = 0; step < THREAD_STEPS; step++)
		work_once(arg);
	return NULL;
}

static void threads_never_see_a_mixture(void **state)
{
	struct peers *peers = make_table(16);
	struct worker workers[THREADS];
	uint32_t wrong = 0;

	(void)state;
	for (uint32_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.peers = peers, .dice = {i + 1}};
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		wrong += workers[i].wrong;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(count_odd(), 0);
	for (uint32_t n = 0; n < THREAD_ASKERS; n++) {
		learn(peers, n, 5000, 10);
		assert_found(peers, n, 5000, 10);
	}
}

/* Each thread has askers of its own and the table has room for all: what a thread learnt it must
 * find, whatever the others do in the same buckets. */
static void *work_alone(void *arg)
{
	struct worker *worker = arg;
	uint32_t own = (uint32_t)worker->dice.state;

	for (uint32_t k = 0; k < THREAD_STEPS; k++) {
		struct source found, expected = sample_source(own, k);

		learn(worker->peers, own, k, 10);
		if (!find(worker->peers, own, 10, &found) || !source_is_equal(&found, &expected))
			worker->wrong++;
	}
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	struct peers *peers = make_table(ONE_BUCKET);
	struct worker workers[ONE_BUCKET];

	(void)state;
	/* All are there before, so that no two threads look for room at one moment. */
	for (uint32_t i = 0; i < ONE_BUCKET; i++)
		learn(peers, i, 0, 10);
	for (uint32_t i = 0; i < ONE_BUCKET; i++) {
		workers[i] = (struct worker){.peers = peers, .dice = {i}};
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, work_alone, &workers[i]), 0);
	}
	for (uint32_t i = 0; i < ONE_BUCKET; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].wrong, 0);
	}
}

/* Processes. */
enum { KILLS = 50, CHILD_WARM_UP = 500, PARENT_STEPS = 2000 };

static _Noreturn void learn_until_killed(struct peers *peers, uint32_t seed, int ready_fd)
{
	struct worker worker = {.peers = peers, .dice = {seed}};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (uint32_t step = 0;; step++) {
		work_once(&worker);
		if (step == CHILD_WARM_UP && write(ready_fd, "r", 1) != 1)
			_exit(1);
	}
}

/* Forks a child that works in the table; returns when it has begun to. */
static pid_t start_worker_process(struct peers *peers, uint32_t seed)
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

static void processes_killed_at_work_harm_nobody(void **state)
{
	struct peers *peers = make_table(256);
	struct worker parent = {.peers = peers, .dice = {99}};

	(void)state;
	for (uint32_t kills = 1; kills <= KILLS; kills++) {
		pid_t child = start_worker_process(peers, kills);

		for (uint32_t step = 0; step < PARENT_STEPS + kills; step++)
			work_once(&parent);
		assert_return_code(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_true(count_odd() <= kills);
		for (int step = 0; step < PARENT_STEPS; step++)
			work_once(&parent);
		assert_int_equal(parent.wrong, 0);
	}
}

/* The same where chance has no say: a writer dies before each of its instructions. */
static struct peers *shared;

static void prepare_shared(void)
{
	shared = make_table(ONE_BUCKET);
	for (uint32_t n = 0; n < ONE_BUCKET; n++)
		learn(shared, n, 0, 10 + n);
}

static void change_asker_1(void)
{
	learn(shared, 1, 1, 20);
}

static void replace_asker_0(void)
{
	learn(shared, 9, 1, 20);
}

static void forget_asker_1(void)
{
	forget(shared, 1);
}

/* Counts askers of whom something wrong is said: not theirs, or of those that no writer touched,
 * not what they learnt. */
static int count_wrong(uint32_t touched)
{
	struct source found, expected;
	int wrong = 0;

	for (uint32_t n = 0; n < ONE_BUCKET; n++) {
		bool is_found = find(shared, n, 20, &found);

		expected = sample_source(n, 0);
		if (is_found && !source_belongs_to(&found, n))
			wrong++;
		if (n != touched && (!is_found || !source_is_equal(&found, &expected)))
			wrong++;
	}
	return wrong;
}

static int judge(uint32_t touched)
{
	int wrong = count_wrong(touched) + (count_odd() > 1);
	struct source found, expected = sample_source(50, 3);

	/* The next peer is served: in the entry left odd never, in another at once. */
	learn(shared, 50, 3, 30);
	if (!find(shared, 50, 30, &found) || !source_is_equal(&found, &expected))
		wrong++;
	return wrong;
}

static int judge_asker_0(void)
{
	struct source found;

	if (find(shared, 9, 20, &found) && !source_belongs_to(&found, 9))
		return 1;
	return judge(0);
}

static int judge_asker_1(void)
{
	return judge(1);
}

static void death_at_any_instruction_costs_one_entry(void **state)
{
	static const struct interruption changing = {
		.flow = change_asker_1, .verdict = judge_asker_1, .prepare = prepare_shared};
	static const struct interruption replacing = {
		.flow = replace_asker_0, .verdict = judge_asker_0, .prepare = prepare_shared};
	static const struct interruption forgetting = {
		.flow = forget_asker_1, .verdict = judge_asker_1, .prepare = prepare_shared};

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
	static const struct interruption handling = {.flow = change_asker_1,
		.handler = answer_in_handler,
		.verdict = judge_handler,
		.prepare = prepare_shared};

	(void)state;
	assert_int_equal(interrupt_everywhere(&handling), 0);
}

static int free_table(void **state)
{
	(void)state;
	munmap(memory, peers_size(capacity));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_learnt),
		cmocka_unit_test(leaves_what_it_does_not_know),
		cmocka_unit_test(the_last_source_counts),
		cmocka_unit_test(every_part_of_an_asker_distinguishes),
		cmocka_unit_test(our_port_distinguishes_sockets),
		cmocka_unit_test(forgets_the_asker_alone),
		cmocka_unit_test(a_forgotten_entry_is_taken_first),
		cmocka_unit_test(expires),
		cmocka_unit_test(a_clock_a_little_behind_is_no_age),
		cmocka_unit_test(expires_across_the_wrap_of_the_clock),
		cmocka_unit_test(replaces_the_oldest),
		cmocka_unit_test(replaces_the_oldest_across_the_wrap),
		cmocka_unit_test(a_place_holds_until_something_changes_there),
		cmocka_unit_test(a_place_given_to_another_holds_no_more),
		cmocka_unit_test(nowhere_holds_nothing),
		cmocka_unit_test(an_entry_left_odd_costs_itself_alone),
		cmocka_unit_test(a_bucket_of_odd_entries_knows_nothing),
		cmocka_unit_test(agrees_with_a_model),
		cmocka_unit_test(agrees_with_a_model_while_writers_die),
		cmocka_unit_test(threads_never_see_a_mixture),
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test(processes_killed_at_work_harm_nobody),
		cmocka_unit_test(death_at_any_instruction_costs_one_entry),
		cmocka_unit_test(a_handler_may_come_at_any_instruction),
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, free_table);
}
