/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plays random sequences of calls bare and with the library, in network namespaces of their own,
 *and compares all that can be observed of each call: value, errno, lengths, flags, data, control
 *data, addresses, and what each descriptor is ready for then.
 *
 * Usage: differential [-s SEED] [-n COUNT] [-f FIRST] [-l LIBRARY] [-p | -v]
 *
 *	-s SEED		the sequences of this seed; DIFFERENTIAL_SEED, or 1
 *	-n COUNT	so many; DIFFERENTIAL_COUNT, or 2000, or RUNS percent of them
 *	-f FIRST	from this number on
 *	-l LIBRARY	BINDRIGHT_LIB, or the one that was built
 *	-p		prints sequence FIRST as a C program, and does nothing else
 *	-v		prints what each call of sequence FIRST gives, bare and with the library
 *
 * How it is made:
 *   - generate.c makes a sequence from a seed and a number: steps of calls in several processes and
 *     threads. generate_steps.c makes single steps, generate_arguments.c what they are given, and
 *     generate_scenes.c several that belong together. plan.c has the modes, which are settings of
 *     the library.
 *   - run.c starts this program anew, bare and with the library, in namespaces that space.c makes.
 *     There, play.c has the processes and threads take turns; step.c, transfer.c, options.c and
 *     names.c make the calls and print them, with the functions of same_results.h.
 *   - allowed.c has the few differences that are allowed, and why.
 *   - same_results.h leaves out of the lines what differs from run to run: times, ephemeral ports.
 *   - shrink.c makes what differs small, and text.c prints it as C; reproduce.h is what such a
 *     program needs.
 *
 * To add a call: a member of enum op, where generate_steps.c makes it, step.c, text.c. To add an
 * option, a line in options.c. To add a scene: generate_scenes.c.
 */
#include "differential.h"

#include "../runs.h"
#include "run.h"
#include "shrink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNT_MAX = 1000000000, USUAL_COUNT = 2000, NUMBERS_PER_RUN = 1000, SHRUNK_AT_MOST = 5 };

enum task { TASK_COMPARE, TASK_PRINT, TASK_SHOW };

static uint64_t seed = 1;
static int count, first;
static int shrunk;

static void print_as_comment(const char *text)
{
	fputs("# ", stdout);
	for (; *text != '\0'; text++) {
		putchar(*text);
		if (*text == '\n' && text[1] != '\0')
			fputs("# ", stdout);
	}
}

/* The line where two runs differ first. */
static void print_difference(const struct lines *bare, const struct lines *with)
{
	const char *a = bare->text, *b = with->text;

	for (;;) {
		size_t a_len = strcspn(a, "\n"), b_len = strcspn(b, "\n");

		if (a_len != b_len || memcmp(a, b, a_len) != 0) {
			printf("# bare: %.*s\n# with: %.*s\n", (int)a_len, a, (int)b_len, b);
			return;
		}
		if (a[a_len] == '\0' || b[b_len] == '\0')
			return;
		a += a_len + 1;
		b += b_len + 1;
	}
}

static void print_calls(const struct plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	text_calls(file, plan);
	fclose(file);
	print_as_comment(text);
	free(text);
}

/* Beside this program, or where it was started. */
static void write_program(const struct plan *plan)
{
	const char *top = getenv("abs_top_builddir");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s%llu-%d.c", top != NULL ? top : "",
		top != NULL ? "/tests/differential/" : "", (unsigned long long)plan->seed,
		plan->number);
	file = fopen(path, "w");
	if (file == NULL)
		return;
	text_program(file, plan);
	fclose(file);
	printf("# as a program: %s\n", path);
}

static void report(struct plan *plan)
{
	struct runs_of runs;
	int before = plan->count;

	shrink(plan);
	runs = run_one(plan);
	printf("# seed %llu, sequence %d (%s): shrunk from %d steps to %d\n",
		(unsigned long long)plan->seed, plan->number, mode_names[plan->mode], before,
		plan->count);
	print_difference(&runs.bare, &runs.with);
	print_calls(plan);
	write_program(plan);
	fflush(stdout);
	runs_free(&runs);
}

/* What differs among many is tried alone. What then does not differ each time is counted, but is no
 * failure: it is the kernel's own doing. */
static bool check(int number, const struct runs_of *runs, int *unsteady)
{
	bool keep[STEPS];
	struct plan plan;

	memset(keep, true, sizeof(keep));
	plan_make(seed, number, &plan);
	plan_keep(&plan, keep);
	shared->plan = plan;
	if (!shrink_differs(&plan)) {
		printf("# seed %llu, sequence %d (%s): differed once, not again\n",
			(unsigned long long)seed, number, mode_names[plan.mode]);
		print_difference(&runs->bare, &runs->with);
		++*unsteady;
		return true;
	}
	if (shrunk++ < SHRUNK_AT_MOST)
		report(&plan);
	else
		printf("# seed %llu, sequence %d (%s) differs too\n", (unsigned long long)seed,
			number, mode_names[plan.mode]);
	return false;
}

struct tally {
	int played, differing, unsteady;
	bool is_impossible;
};

static void compare_part(enum mode mode, int from, int end, struct tally *tally)
{
	struct runs_of runs = run_many(seed, mode, from, end);

	for (int i = from; i < end; i++) {
		struct runs_of lines;

		if (plan_mode(i) != mode)
			continue;
		tally->played++;
		lines = (struct runs_of){lines_of(&runs.bare, i), lines_of(&runs.with, i)};
		if (!lines_are_equal(&lines.bare, &lines.with) &&
			!check(i, &lines, &tally->unsteady))
			tally->differing++;
	}
	tally->is_impossible = tally->played > 0 && runs.bare.size == 0;
	runs_free(&runs);
}

/* One test a mode. */
static bool compare_mode(enum mode mode)
{
	struct tally tally = {0};
	bool is_good;

	for (int from = first; from < first + count; from += NUMBERS_PER_RUN) {
		int end = from + NUMBERS_PER_RUN;

		compare_part(mode, from, end < first + count ? end : first + count, &tally);
	}
	if (tally.is_impossible) {
		printf("ok %d - %s # SKIP no network namespace here\n", (int)mode + 1,
			mode_names[mode]);
		return true;
	}
	if (tally.played == 0) {
		printf("ok %d - %s # SKIP none of these sequences\n", (int)mode + 1,
			mode_names[mode]);
		return true;
	}
	/* Some may differ by chance on a loaded machine, not many. */
	is_good = tally.differing == 0 && tally.unsteady * 50 <= tally.played;
	printf("%s %d - %s: %d sequences of seed %llu, %d differ", is_good ? "ok" : "not ok",
		(int)mode + 1, mode_names[mode], tally.played, (unsigned long long)seed,
		tally.differing);
	if (tally.unsteady > 0)
		printf(", %d did once", tally.unsteady);
	putchar('\n');
	fflush(stdout);
	return is_good;
}

static int compare_all(void)
{
	bool is_good = true;

	printf("1..%d\n", MODES);
	for (int mode = 0; mode < MODES; mode++)
		is_good &= compare_mode((enum mode)mode);
	return is_good ? 0 : 1;
}

static void choose_library(void)
{
	static char path[4096];
	const char *top = getenv("abs_top_builddir"), *chosen = getenv("BINDRIGHT_LIB");

	snprintf(path, sizeof(path), "%s/shim/.libs/libbindright.so", top != NULL ? top : ".");
	run_library = chosen != NULL ? chosen : path;
}

static uint64_t read_number(const char *name, const char *text, uint64_t least, uint64_t most)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && *text != '-' && number >= least &&
		number <= most)
		return number;
	errno = 0;
	die("%s '%s' is not a number from %llu to %llu", name, text, (unsigned long long)least,
		(unsigned long long)most);
}

static void read_environment(void)
{
	const char *seed_text = getenv("DIFFERENTIAL_SEED");
	const char *count_text = getenv("DIFFERENTIAL_COUNT");

	count = runs(USUAL_COUNT);
	if (count_text != NULL)
		count = (int)read_number("DIFFERENTIAL_COUNT", count_text, 1, COUNT_MAX);
	if (seed_text != NULL)
		seed = read_number("DIFFERENTIAL_SEED", seed_text, 0, UINT64_MAX);
}

static void read_arguments(int argc, char **argv, enum task *ret_task)
{
	int letter;

	read_environment();
	while ((letter = getopt(argc, argv, "s:n:f:l:pv")) != -1) {
		switch (letter) {
		case 's':
			seed = read_number("-s", optarg, 0, UINT64_MAX);
			break;
		case 'n':
			count = (int)read_number("-n", optarg, 1, COUNT_MAX);
			break;
		case 'f':
			first = (int)read_number("-f", optarg, 0, COUNT_MAX);
			break;
		case 'l':
			run_library = optarg;
			break;
		case 'p':
			*ret_task = TASK_PRINT;
			break;
		case 'v':
			*ret_task = TASK_SHOW;
			break;
		default:
			die("usage: differential [-s SEED] [-n COUNT] [-f FIRST] [-l LIBRARY] [-p | -v]");
		}
	}
	if (access(run_library, R_OK) != 0)
		die("no library at %s: run make first", run_library);
}

static int show_lines(const struct plan *plan)
{
	struct runs_of runs = run_one(plan);

	printf("bare:\n%s\nwith the library:\n%s", runs.bare.text, runs.with.text);
	return lines_are_equal(&runs.bare, &runs.with) ? 0 : 1;
}

int main(int argc, char **argv)
{
	enum task task = TASK_COMPARE;
	bool keep[STEPS];

	if (argc == 4 && strcmp(argv[1], "--resume") == 0)
		play_on(atoi(argv[2]), atoi(argv[3]));
	if (argc > 1 && strcmp(argv[1], "--play") == 0)
		run_player(argc, argv);
	choose_library();
	read_arguments(argc, argv, &task);
	/* Names of ports, in text, are the sequence's in shared. */
	shared = calloc(1, sizeof(*shared));
	if (shared == NULL)
		die("calloc");
	if (task == TASK_COMPARE)
		return compare_all();
	memset(keep, true, sizeof(keep));
	plan_make(seed, first, &shared->plan);
	plan_keep(&shared->plan, keep);
	if (task == TASK_SHOW)
		return show_lines(&shared->plan);
	text_program(stdout, &shared->plan);
	return 0;
}
