/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last-peer cache with signal handlers in between: complete or empty. */
#include "interrupt.h"
#include "received.h"

#include <pthread.h>
#include <signal.h>

/* A handler at every instruction of the flow. It receives, so the cache must not hold a mixture of
 * its datagram and the flow's. */
static volatile int error;

static void note_mixture(uint32_t n)
{
	struct source found;

	if (find(n, &found) && !source_belongs_to(&found, n))
		error++;
}

static void receive_in_handler(int signal)
{
	(void)signal;
	note_mixture(1);
	note_mixture(2);
	learn(3, 7);
	note_mixture(3);
	if (!is_known(3))
		error++;
}

static void answer_in_handler(int signal)
{
	struct source found;

	(void)signal;
	note_mixture(1);
	if (answer(1, &found) && !source_belongs_to(&found, 1))
		error++;
	learn(3, 7);
	if (!answer(3, &found) || !source_belongs_to(&found, 3))
		error++;
}

static void forget_in_handler(int signal)
{
	(void)signal;
	note_mixture(1);
	forget(1);
	forget(2);
}

static void receive_1_then_2(void)
{
	struct source found;

	learn(1, 5);
	if (answer(1, &found) && !source_belongs_to(&found, 1))
		error++;
	repeat(1, 5, NOW_S);
	note_mixture(1);
	learn(2, 6);
	note_mixture(1);
	note_mixture(2);
}

static int judge(void)
{
	for (uint32_t n = 1; n <= 3; n++)
		note_mixture(n);
	/* A handler must not leave the cache disabled: the next datagram is remembered. */
	learn(4, 0);
	return error + !is_known(4);
}

static void a_handler_may_come_at_any_instruction(void **state)
{
	static const struct interruption receiving = {
		.flow = receive_1_then_2, .handler = receive_in_handler, .verdict = judge};
	static const struct interruption answering = {
		.flow = receive_1_then_2, .handler = answer_in_handler, .verdict = judge};
	static const struct interruption forgetting = {
		.flow = receive_1_then_2, .handler = forget_in_handler, .verdict = judge};

	(void)state;
	assert_int_equal(interrupt_everywhere(&receiving), 0);
	assert_int_equal(interrupt_everywhere(&answering), 0);
	assert_int_equal(interrupt_everywhere(&forgetting), 0);
}

/* The same at random points, for systems without ptrace: another thread sends signals
 * continuously. */
enum { SIGNALS = 20000 };

static atomic_int handled;
static pthread_t main_thread;

static void receive_another(int signal)
{
	int count = atomic_fetch_add(&handled, 1);

	(void)signal;
	note_mixture(1);
	learn(3 + (uint32_t)count % 2, (uint32_t)count);
	note_mixture(3);
	note_mixture(4);
}

static void *send_signals(void *unused)
{
	while (atomic_load(&handled) < runs(SIGNALS))
		pthread_kill(main_thread, SIGUSR1);
	return unused;
}

static void a_storm_of_handlers_mixes_nothing(void **state)
{
	struct sigaction action = {.sa_handler = receive_another}, saved;
	pthread_t thread;

	(void)state;
	error = 0;
	main_thread = pthread_self();
	sigaction(SIGUSR1, &action, &saved);
	assert_int_equal(pthread_create(&thread, NULL, send_signals, NULL), 0);
	for (uint32_t k = 0; atomic_load(&handled) < runs(SIGNALS); k++) {
		learn(1, k);
		for (uint32_t n = 1; n <= 4; n++)
			note_mixture(n);
	}
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &saved, NULL);
	assert_int_equal(error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_handler_may_come_at_any_instruction, empty),
		cmocka_unit_test_setup(a_storm_of_handlers_mixes_nothing, empty),
	};

	return cmocka_run_group_tests_name("last_peer_handlers", tests, NULL, NULL);
}
