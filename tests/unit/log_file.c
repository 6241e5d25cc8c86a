/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log in a file: opened for each line, written in whole lines, with one complaint if it cannot
 * be written. Each test is a process, because a process configures the log once.
 */
#include "sinks.h"

#include <pthread.h>
#include <sys/stat.h>

static int log_to_a_file(void)
{
	const char *path = path_of("lines.log");
	int descriptors = count_descriptors(), fd = pipe_to_stderr();
	struct stat stat_of_file;
	const char *text;

	configure_file(LOG_LEVEL_INFO, path);
	umask(0);
	log_line(LOG_LEVEL_INFO, "the first");
	CHECK(strcmp(read_file(path), expected_line("info", "the first")) == 0);
	CHECK(stat(path, &stat_of_file) == 0 && (stat_of_file.st_mode & 0777) == 0640);
	log_line(LOG_LEVEL_WARN, "the second");
	text = read_file(path);
	CHECK(count_lines(text) == 2);
	CHECK(strcmp(strchr(text, '\n') + 1, expected_line("warn", "the second")) == 0);
	CHECK(strcmp(read_all(fd), "") == 0);
	close(fd);
	CHECK(count_descriptors() == descriptors);
	return 0;
}

/* The administrator moves the file away, without a signal to the program. */
static int log_through_a_rotation(void)
{
	const char *path = path_of("rotated.log");

	configure_file(LOG_LEVEL_INFO, path);
	log_line(LOG_LEVEL_INFO, "old");
	CHECK(unlink(path) == 0);
	log_line(LOG_LEVEL_INFO, "new");
	CHECK(strcmp(read_file(path), expected_line("info", "new")) == 0);
	return 0;
}

static void a_file_is_appended_to(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_to_a_file), 0);
	assert_int_equal(run_in_child(log_through_a_rotation), 0);
}

static int log_to_what_cannot_be_written(void)
{
	int fd = pipe_to_stderr();
	const char *text;

	configure_file(LOG_LEVEL_INFO, path_of("no/such/directory"));
	for (int i = 0; i < 5; i++)
		log_line(LOG_LEVEL_INFO, "lost");
	text = read_all(fd);
	CHECK(count_lines(text) == 1);
	CHECK(strstr(text, "no/such/directory") != NULL);
	CHECK(strstr(text, strerror(ENOENT)) != NULL);
	CHECK(strstr(text, "BINDRIGHT_LOG") != NULL);
	CHECK(strstr(text, "lost") == NULL);
	return 0;
}

static int complain_with_the_longest_names(void)
{
	static char path[LOG_PATH], name[65];
	int fd = pipe_to_stderr();
	const char *text;

	memset(path, 'p', sizeof(path) - 1);
	path[0] = '/';
	memset(name, 'n', sizeof(name) - 1);
	program_invocation_short_name = name;
	configure_file(LOG_LEVEL_INFO, path);
	log_line(LOG_LEVEL_INFO, "lost");
	text = read_all(fd);
	CHECK(count_lines(text) == 1);
	CHECK(text[strlen(text) - 1] == '\n');
	return 0;
}

static int complain_with_control_characters(void)
{
	int fd = pipe_to_stderr();
	const char *text;

	configure_file(LOG_LEVEL_INFO, path_of("no/su\nch/\x1b[31m"));
	log_line(LOG_LEVEL_INFO, "lost");
	text = read_all(fd);
	CHECK(count_lines(text) == 1);
	CHECK(strchr(text, '\x1b') == NULL);
	return 0;
}

static void a_file_that_cannot_be_written_is_told_once(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_to_what_cannot_be_written), 0);
	assert_int_equal(run_in_child(complain_with_the_longest_names), 0);
	assert_int_equal(run_in_child(complain_with_control_characters), 0);
}

/* Opening a fifo for writing waits for a reader, unless it is opened with O_NONBLOCK. */
static int log_to_a_fifo(void)
{
	const char *path = path_of("fifo");
	int fd;

	CHECK(mkfifo(path, 0600) == 0);
	close(pipe_to_stderr());
	configure_file(LOG_LEVEL_INFO, path);
	log_line(LOG_LEVEL_INFO, "this has no reader");
	fd = open(path, O_RDONLY | O_NONBLOCK);
	log_line(LOG_LEVEL_INFO, "heard");
	CHECK(strcmp(read_all(fd), expected_line("info", "heard")) == 0);
	return 0;
}

static void a_fifo_without_a_reader_does_not_block(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_to_a_fifo), 0);
}

/* Lines stay whole with several writers. */
enum { THREADS = 4, THREAD_LINES = 100 };

static void *log_lines(void *arg)
{
	for (int i = 0; i < THREAD_LINES; i++)
		log_line(LOG_LEVEL_INFO, "%s<%0200d>", (const char *)arg, i);
	return NULL;
}

static int log_from_threads(void)
{
	static char names[THREADS][2];
	const char *path = path_of("threads.log");
	size_t len = strlen(expected_line("info", "a<>")) + 200;
	pthread_t threads[THREADS];
	FILE *file;
	char line[1024];
	int lines = 0;

	configure_file(LOG_LEVEL_INFO, path);
	for (int i = 0; i < THREADS; i++) {
		names[i][0] = (char)('a' + i);
		CHECK(pthread_create(&threads[i], NULL, log_lines, names[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	file = fopen(path, "r");
	CHECK(file != NULL);
	for (; fgets(line, sizeof(line), file) != NULL; lines++)
		CHECK(strlen(line) == len && strncmp(line, "bindright: ", 11) == 0);
	fclose(file);
	CHECK(lines == THREADS * THREAD_LINES);
	return 0;
}

static void threads_write_whole_lines(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_from_threads), 0);
}

static void *log_while_cancelled(void *arg)
{
	atomic_bool *has_passed = arg;

	pthread_cancel(pthread_self());
	log_line(LOG_LEVEL_INFO, "cancelled, but not here");
	atomic_store(has_passed, true);
	pthread_testcancel();
	atomic_store(has_passed, false);
	return NULL;
}

static int log_in_a_cancelled_thread(void)
{
	atomic_bool has_passed = false;
	void *result = NULL;
	pthread_t thread;

	configure_file(LOG_LEVEL_INFO, path_of("cancelled.log"));
	CHECK(pthread_create(&thread, NULL, log_while_cancelled, &has_passed) == 0);
	pthread_join(thread, &result);
	CHECK(atomic_load(&has_passed));
	CHECK(result == PTHREAD_CANCELED);
	return 0;
}

static void is_no_cancellation_point(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_in_a_cancelled_thread), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_appended_to),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told_once),
		cmocka_unit_test(a_fifo_without_a_reader_does_not_block),
		cmocka_unit_test(threads_write_whole_lines),
		cmocka_unit_test(is_no_cancellation_point),
	};

	return cmocka_run_group_tests_name("log_file", tests, make_directory, remove_directory);
}
