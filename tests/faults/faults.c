/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plays a scene (scene.h) bare and with the library, and then again for each system call of the
 * library's, which fails that time. The program must get from each of its own calls what it gets
 * bare; lines that begin with ~ may also be as with the library and no fault.
 *
 *	faults [OPTION]... SCENE [ARGUMENT]
 *
 *	-l LIBRARY, -e NAME=VALUE
 *	-q	quick: each call fails alone, with its first error; otherwise with every error of
 *		calls.c, alone, with all later calls of its kind, and with all later calls
 *	-S	no faults at the start
 *	-v	print a row for each run, not only for those that differ
 *	-o FILE	append "CALL ERRNO WHEN VERDICT" for each run
 *	-n N, -E ERRNO, -m once|kind|on
 *		one run alone, with its output
 *
 * Without faults of ours:
 *	-s NAME	in these surroundings (surroundings.c)
 *	-f CALL	under a seccomp filter from before exec that refuses CALL with EPERM
 *	-k CALL	under a filter that the scene installs, and that kills for CALL
 *
 * The last line counts the runs. Exits with 0 if none differs.
 */
#include "calls.h"
#include "exceptions.h"
#include "supervise.h"
#include "surroundings.h"

#include "servers/common.h"
#include "servers/filter.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT = 256, ATTEMPTS = 10 };

/* Written while the command line is read. */
static const char *library;
static bool is_quick, is_verbose, is_filtered, is_start_spared;
static FILE *rows;
static char *scene_argv[4];
static char scene_name[TEXT];
static void (*prepare)(void);

static struct outcome bare, cured, faulty;
static int run_count, difference_count, excepted_count;

static void play(const char *preload, const struct fault *fault, struct outcome *ret)
{
	const struct run run = {
		.argv = scene_argv,
		.preload = preload,
		.fault = *fault,
		.is_watched = true,
		.prepare = prepare,
	};

	supervise(&run, ret);
}

/* Takes the next line off a text; NULL at its end. */
static char *take_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	if (*line == '\0')
		return NULL;
	if (end != NULL)
		*end = '\0';
	*text = end != NULL ? end + 1 : line + strlen(line);
	return line;
}

static bool may_be(const char *line, const char *as_bare, const char *as_cured)
{
	return strcmp(line, as_bare) == 0 || (line[0] == '~' && strcmp(line, as_cured) == 0);
}

struct difference {
	char line[TEXT], as_bare[TEXT];
};

/* Finds the first line that is neither as bare nor, where that counts too, as cured. Lines for
 * which there is an exception are passed over. */
static bool find_difference(
	const struct fault *fault, const struct outcome *outcome, struct difference *ret)
{
	static char texts[3][OUTPUT_MAX];
	char *at[3] = {texts[0], texts[1], texts[2]};
	const struct exception *exception;
	const struct made *made = fault->at > 0 ? &cured.made[fault->at - 1] : NULL;
	const struct outcome *sources[] = {outcome, &bare, &cured};

	for (int i = 0; i < 3; i++)
		strcpy(texts[i], sources[i]->output);
	for (;;) {
		const char *line = take_line(&at[0]), *as_bare = take_line(&at[1]),
			   *as_cured = take_line(&at[2]);

		if (line == NULL && as_bare == NULL)
			return false;
		line = line != NULL ? line : "(no more lines)";
		as_bare = as_bare != NULL ? as_bare : "(no more lines)";
		if (may_be(line, as_bare, as_cured != NULL ? as_cured : ""))
			continue;
		exception = made != NULL ? exception_find(made, fault->mode, line) : NULL;
		if (exception != NULL) {
			excepted_count++;
			if (exception->is_told)
				return false;
			continue;
		}
		snprintf(ret->line, TEXT, "%.200s", line);
		snprintf(ret->as_bare, TEXT, "%.200s", as_bare);
		return true;
	}
}

static const char *status_text(int status)
{
	static char text[TEXT];

	if (status == -1)
		return "it hung";
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "it ended by signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "it ended with status %d", WEXITSTATUS(status));
	return text;
}

static bool is_as_bare(
	const struct fault *fault, const struct outcome *outcome, struct difference *ret)
{
	if (outcome->status != bare.status) {
		snprintf(ret->line, TEXT, "%s", status_text(outcome->status));
		snprintf(ret->as_bare, TEXT, "%s", status_text(bare.status));
		return false;
	}
	return !find_difference(fault, outcome, ret);
}

static void print_row(const struct fault *fault, const struct difference *difference)
{
	const struct made *made = &cured.made[fault->at - 1];

	printf("%s: call %d, %s(%ld, %ld, %ld)%s%s: %s, %s: %s", scene_name, fault->at,
		made->kind->name, made->args[0], made->args[1], made->args[2],
		made->is_start ? " at the start" : "",
		made->is_replacement ? " in place of the program's" : "",
		call_error_name(fault->error), mode_names[fault->mode],
		difference == NULL ? "as bare\n" : "DIFFERS\n");
	if (difference != NULL)
		printf("\t%s\n\tbare: %s\n", difference->line, difference->as_bare);
}

/* The kernel lists the sockets of the run before a little longer than that lasts, and a second may
 * pass: the library may then make another call. Such a run is made again. */
static void play_alike(const struct fault *fault)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		play(library, fault, &faulty);
		if (faulty.count >= fault->at &&
			faulty.made[fault->at - 1].kind == cured.made[fault->at - 1].kind)
			return;
	}
	errno = 0;
	die("%s: the calls are not the same in each run", scene_name);
}

static void try(const struct fault *fault)
{
	struct difference difference;
	int excepted_before = excepted_count;
	bool is_good;

	play_alike(fault);
	is_good = is_as_bare(fault, &faulty, &difference);
	run_count++;
	difference_count += !is_good;
	if (!is_good || is_verbose)
		print_row(fault, is_good ? NULL : &difference);
	if (rows != NULL)
		fprintf(rows, "%s\t%s\t%s\t%s\n", cured.made[fault->at - 1].kind->name,
			call_error_name(fault->error), mode_names[fault->mode],
			!is_good			   ? "differs"
			: excepted_count > excepted_before ? "exception"
							   : "as bare");
}

static void try_each_error(int at, enum mode mode)
{
	const struct made *made = &cured.made[at - 1];
	bool is_done = false;

	for (int i = 0; i < CALL_ERRORS && made->kind->errors[i] != 0 && !is_done; i++) {
		const struct fault fault = {at, mode, made->kind->errors[i]};

		if (!call_may_fail(made, fault.error, mode))
			continue;
		try(&fault);
		is_done = is_quick;
	}
}

static void try_each_call(void)
{
	for (int at = 1; at <= cured.count; at++) {
		if (is_start_spared && cured.made[at - 1].is_start)
			continue;
		/* A replacement that fails alone would be the program's own failure. */
		if (is_quick)
			try_each_error(
				at, cured.made[at - 1].is_replacement ? MODE_KIND : MODE_ONCE);
		else
			for (enum mode mode = MODE_ONCE; mode <= MODE_ON; mode++)
				try_each_error(at, mode);
	}
}

/* The scene itself, without a fault: the library makes calls, and changes nothing but what it is
 * for. */
static bool is_sound(void)
{
	const struct fault none = {0};
	struct difference difference;

	play(NULL, &none, &bare);
	if (bare.status != 0 || strstr(bare.output, "\nend\n") == NULL) {
		printf("%s: bare, %s\n%s", scene_name, status_text(bare.status), bare.output);
		/* It makes this call itself. */
		if (is_filtered)
			exit(0);
		return false;
	}
	if (bare.count != 0) {
		printf("%s: bare, %d calls are taken for the library's, the first %s\n", scene_name,
			bare.count, bare.made[0].kind->name);
		return false;
	}
	play(library, &none, &cured);
	if (cured.count == 0 || !is_as_bare(&none, &cured, &difference)) {
		printf("%s: without a fault, the library makes %d calls\n\t%s\n\tbare: %s\n",
			scene_name, cured.count, difference.line, difference.as_bare);
		return false;
	}
	return true;
}

static void read_fault_letter(int letter, struct fault *fault)
{
	static const char *const modes[] = {"once", "kind", "on"};

	if (letter == 'n')
		fault->at = atoi(optarg);
	else if (letter == 'E')
		fault->error = call_error_number(optarg);
	else
		for (int i = 0; i < 3; i++)
			if (strcmp(optarg, modes[i]) == 0)
				fault->mode = (enum mode)i;
}

static void do_nothing(void)
{
}

static void install_filter(void)
{
	filter_letter('A');
	optarg = (char *)(uintptr_t) "eperm";
	filter_letter('a');
	filter_install();
}

static void set_filter(int letter)
{
	is_filtered = true;
	if (letter == 'k') {
		setenv(FILTER_VARIABLE, optarg, 1);
		prepare = do_nothing;
	} else {
		filter_letter('n');
		prepare = install_filter;
	}
}

static void find_program(const char *self)
{
	static char path[PATH_MAX];
	const char *slash = strrchr(self, '/');

	snprintf(
		path, sizeof(path), "%.*sscene", slash != NULL ? (int)(slash - self + 1) : 0, self);
	scene_argv[0] = path;
}

int main(int argc, char **argv)
{
	struct fault alone = {0, MODE_ONCE, EPERM};
	int letter;

	find_program(argv[0]);
	library = getenv("library");
	while ((letter = getopt(argc, argv, "+qSvo:l:e:f:k:s:n:E:m:")) != -1) {
		errno = 0;
		if (letter == 'q')
			is_quick = true;
		else if (letter == 'S')
			is_start_spared = true;
		else if (letter == 'v')
			is_verbose = true;
		else if (letter == 'o')
			rows = fopen(optarg, "a");
		else if (letter == 'l')
			library = optarg;
		else if (letter == 'e')
			putenv(optarg);
		else if (letter == 'f' || letter == 'k')
			set_filter(letter);
		else if (letter == 's')
			prepare = surroundings_find(optarg);
		else if (strchr("nEm", letter) != NULL)
			read_fault_letter(letter, &alone);
		else
			die("want [OPTION]... SCENE [ARGUMENT]");
	}
	if (optind == argc || library == NULL)
		die("want [OPTION]... SCENE [ARGUMENT]");
	scene_argv[1] = argv[optind];
	scene_argv[2] = argv[optind + 1];
	snprintf(scene_name, sizeof(scene_name), "%s%s%s", argv[optind],
		argv[optind + 1] != NULL ? " " : "",
		argv[optind + 1] != NULL ? argv[optind + 1] : "");
	if (!is_sound())
		return 1;
	if (alone.at > 0) {
		is_verbose = true;
		try(&alone);
		puts(faulty.output);
	} else if (prepare == NULL) {
		try_each_call();
	} else {
		run_count = 1;
	}
	printf("%s: %d runs, %d differ, %d for a known reason\n", scene_name, run_count,
		difference_count, excepted_count);
	return difference_count != 0;
}
