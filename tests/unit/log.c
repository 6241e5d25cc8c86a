/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log inside a program: the format of a line, and that the program notices nothing, whatever
 * happens to descriptor 2. Each test is a process, because a process configures the log once.
 */
#include "sinks.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int log_before_configuring(void)
{
	int fd = pipe_to_stderr();

	CHECK(!log_wants(LOG_LEVEL_ERROR));
	CHECK(!log_wants(LOG_LEVEL_DEBUG));
	log_line(LOG_LEVEL_ERROR, "too early");
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

static void is_silent_until_configured(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_before_configuring), 0);
}

static int log_each_level(void)
{
	static const char *const levels[] = {"off", "error", "warn", "info", "debug"};
	int fd = pipe_to_stderr();

	for (int wanted = LOG_LEVEL_OFF; wanted <= LOG_LEVEL_DEBUG; wanted++) {
		configure_stderr((enum log_level)wanted);
		for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
			const char *expected =
				level <= wanted ? expected_line(levels[level], "fd 7 number 8")
						: "";

			CHECK(log_wants((enum log_level)level) == (level <= wanted));
			log_line((enum log_level)level, "fd %d %s %u", 7, "number", 8U);
			CHECK(strcmp(read_all(fd), expected) == 0);
		}
	}
	return 0;
}

static void a_line_has_program_process_level_and_message(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_each_level), 0);
}

static int log_long_lines(void)
{
	static char message[3000];
	int fd = pipe_to_stderr();

	configure_stderr(LOG_LEVEL_INFO);
	memset(message, 'x', sizeof(message) - 1);
	for (size_t len = 400; len < sizeof(message); len++) {
		const char *text;
		size_t expected;

		message[len] = '\0';
		expected = strlen(expected_line("info", ""));
		log_line(LOG_LEVEL_INFO, "%s", message);
		message[len] = 'x';
		text = read_all(fd);
		CHECK(strlen(text) == (expected + len < 511 ? expected + len : 511));
		CHECK(count_lines(text) == 1 && text[strlen(text) - 1] == '\n');
	}
	return 0;
}

static void a_long_line_is_cut(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_long_lines), 0);
}

static int log_control_characters(void)
{
	int fd = pipe_to_stderr();

	configure_stderr(LOG_LEVEL_INFO);
	log_line(LOG_LEVEL_INFO, "a\nb\rc\x1b[31m%s", "\t\x01\x7f end\n");
	CHECK(strcmp(read_all(fd), expected_line("info", "a?b?c?[31m??? end?")) == 0);
	return 0;
}

/* A program's name may contain any bytes and be as long as a file name. */
static int log_from_an_odd_program(void)
{
	static char name[256];
	int fd = pipe_to_stderr();
	const char *text;

	memset(name, 'n', sizeof(name) - 1);
	name[3] = '\n';
	program_invocation_short_name = name;
	configure_stderr(LOG_LEVEL_INFO);
	log_line(LOG_LEVEL_INFO, "the message");
	text = read_all(fd);
	CHECK(count_lines(text) == 1);
	CHECK(strncmp(text, "bindright: nnn?nnn", 18) == 0);
	CHECK(strstr(text, "info: the message\n") != NULL);
	return 0;
}

static void one_line_is_one_line(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_control_characters), 0);
	assert_int_equal(run_in_child(log_from_an_odd_program), 0);
}

/* Fills the pipe at descriptor 2, so writes block. */
static void fill_stderr(void)
{
	static const char zeroes[4096];
	int flags = fcntl(STDERR_FILENO, F_GETFL);

	fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (write(STDERR_FILENO, zeroes, sizeof(zeroes)) > 0)
		;
	while (write(STDERR_FILENO, zeroes, 1) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, flags);
}

static int log_to_a_full_pipe(void)
{
	int fd = pipe_to_stderr();

	configure_stderr(LOG_LEVEL_INFO);
	fill_stderr();
	log_line(LOG_LEVEL_INFO, "lost");
	CHECK(strstr(read_all(fd), "lost") == NULL);
	while (read_all(fd)[0] != '\0')
		;
	log_line(LOG_LEVEL_INFO, "heard again");
	CHECK(strcmp(read_all(fd), expected_line("info", "heard again")) == 0);
	return 0;
}

/* A blocked write would end the child by SIGALRM. */
static void a_full_pipe_does_not_block(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_to_a_full_pipe), 0);
}

static int log_without_reader(void)
{
	sigset_t pending;

	close(pipe_to_stderr());
	configure_stderr(LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_DFL);
	errno = 4711;
	log_line(LOG_LEVEL_INFO, "this has no reader");
	CHECK(errno == 4711);
	sigpending(&pending);
	CHECK(!sigismember(&pending, SIGPIPE));
	return 0;
}

/* SIGPIPE is blocked, so a signal from the library's write would be pending afterwards. */
static int log_without_reader_with_sigpipe_blocked(void)
{
	sigset_t sigpipe, mask;

	close(pipe_to_stderr());
	configure_stderr(LOG_LEVEL_INFO);
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &sigpipe, NULL);
	log_line(LOG_LEVEL_INFO, "this has no reader");
	sigpending(&mask);
	CHECK(!sigismember(&mask, SIGPIPE));
	sigprocmask(SIG_BLOCK, NULL, &mask);
	CHECK(sigismember(&mask, SIGPIPE));
	/* A signal that was pending before is the program's and stays. */
	raise(SIGPIPE);
	log_line(LOG_LEVEL_INFO, "this has no reader");
	sigpending(&mask);
	CHECK(sigismember(&mask, SIGPIPE));
	return 0;
}

static volatile sig_atomic_t sigpipes;

static void count_sigpipe(int signal)
{
	(void)signal;
	sigpipes++;
}

static int log_without_reader_with_a_handler(void)
{
	sigset_t mask;

	close(pipe_to_stderr());
	configure_stderr(LOG_LEVEL_INFO);
	signal(SIGPIPE, count_sigpipe);
	log_line(LOG_LEVEL_INFO, "this has no reader");
	CHECK(sigpipes == 0);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	CHECK(!sigismember(&mask, SIGPIPE));
	raise(SIGPIPE);
	CHECK(sigpipes == 1);
	return 0;
}

static void a_closed_reader_raises_no_sigpipe(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_without_reader), 0);
	assert_int_equal(run_in_child(log_without_reader_with_sigpipe_blocked), 0);
	assert_int_equal(run_in_child(log_without_reader_with_a_handler), 0);
}

static int log_after_replacing_stderr(void)
{
	int fd = pipe_to_stderr(), database;

	configure_stderr(LOG_LEVEL_INFO);
	close(STDERR_FILENO);
	log_line(LOG_LEVEL_INFO, "to nowhere");
	database = open(path_of("database"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(database == STDERR_FILENO);
	log_line(LOG_LEVEL_ERROR, "into the database");
	CHECK(lseek(STDERR_FILENO, 0, SEEK_END) == 0);
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

/* Another pipe is another file of the same file system. */
static int log_after_another_pipe(void)
{
	int first = pipe_to_stderr(), second;

	configure_stderr(LOG_LEVEL_INFO);
	second = pipe_to_stderr();
	log_line(LOG_LEVEL_INFO, "into another pipe");
	CHECK(strcmp(read_all(second), "") == 0);
	CHECK(strcmp(read_all(first), "") == 0);
	return 0;
}

/* A descriptor put aside and brought back is the same as before. */
static int log_after_bringing_stderr_back(void)
{
	int fd = pipe_to_stderr(), aside = dup(STDERR_FILENO);

	configure_stderr(LOG_LEVEL_INFO);
	close(STDERR_FILENO);
	CHECK(dup2(aside, STDERR_FILENO) == STDERR_FILENO);
	log_line(LOG_LEVEL_INFO, "back again");
	CHECK(strcmp(read_all(fd), expected_line("info", "back again")) == 0);
	return 0;
}

static int log_after_starting_without_stderr(void)
{
	int fd = pipe_to_stderr();

	close(STDERR_FILENO);
	configure_stderr(LOG_LEVEL_INFO);
	CHECK(open(path_of("database"), O_RDWR | O_CREAT | O_TRUNC, 0600) == STDERR_FILENO);
	errno = 4711;
	log_line(LOG_LEVEL_ERROR, "into the database");
	CHECK(errno == 4711);
	CHECK(lseek(STDERR_FILENO, 0, SEEK_END) == 0);
	close(fd);
	return 0;
}

static void a_replaced_stderr_gets_nothing(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_after_replacing_stderr), 0);
	assert_int_equal(run_in_child(log_after_starting_without_stderr), 0);
	assert_int_equal(run_in_child(log_after_another_pipe), 0);
	assert_int_equal(run_in_child(log_after_bringing_stderr_back), 0);
}

static int log_with_errno(void)
{
	int fd = pipe_to_stderr();

	configure_stderr(LOG_LEVEL_INFO);
	errno = ENOENT;
	log_line(LOG_LEVEL_INFO, "it says %m");
	CHECK(errno == ENOENT);
	CHECK(strstr(read_all(fd), strerror(ENOENT)) != NULL);
	errno = ENOENT;
	log_line(LOG_LEVEL_DEBUG, "not wanted");
	CHECK(errno == ENOENT);
	configure_file(LOG_LEVEL_INFO, "/dev/null/log");
	errno = ENOENT;
	log_line(LOG_LEVEL_INFO, "x");
	log_line(LOG_LEVEL_INFO, "x");
	CHECK(errno == ENOENT);
	return 0;
}

/* The environment may be read late, in one of the program's calls. */
static int configure_with_errno(void)
{
	const struct log_settings settings = {.level = LOG_LEVEL_INFO, .sink = LOG_SINK_STDERR};

	pipe_to_stderr();
	errno = ENOENT;
	log_configure(&settings);
	CHECK(errno == ENOENT);
	close(STDERR_FILENO);
	errno = ENOENT;
	log_configure(&settings);
	CHECK(errno == ENOENT);
	return 0;
}

static void configuring_keeps_errno(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(configure_with_errno), 0);
}

static void errno_is_kept(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_with_errno), 0);
}

/* What systemd sets for the stream that the journal reads (systemd.exec(5)); moved is for another.
 */
static void set_journal_stream(int fd, int moved)
{
	struct stat file;
	char text[64];

	if (fstat(fd, &file) != 0)
		_exit(2);
	snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)file.st_dev,
		(unsigned long long)file.st_ino + (unsigned long long)moved);
	setenv("JOURNAL_STREAM", text, 1);
}

static int log_to_a_socket(void)
{
	char expected[1040];
	int ends[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	CHECK(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	set_journal_stream(STDERR_FILENO, 1);
	configure_stderr(LOG_LEVEL_INFO);
	log_line(LOG_LEVEL_WARN, "message");
	CHECK(strcmp(read_all(ends[0]), expected_line("warn", "message")) == 0);
	set_journal_stream(STDERR_FILENO, 0);
	configure_stderr(LOG_LEVEL_INFO);
	log_line(LOG_LEVEL_WARN, "message");
	snprintf(expected, sizeof(expected), "<4>%s", expected_line("warn", "message"));
	CHECK(strcmp(read_all(ends[0]), expected) == 0);
	log_line(LOG_LEVEL_INFO, "message");
	snprintf(expected, sizeof(expected), "<6>%s", expected_line("info", "message"));
	CHECK(strcmp(read_all(ends[0]), expected) == 0);
	return 0;
}

static void the_journal_gets_priorities(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(log_to_a_socket), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_silent_until_configured),
		cmocka_unit_test(a_line_has_program_process_level_and_message),
		cmocka_unit_test(a_long_line_is_cut),
		cmocka_unit_test(one_line_is_one_line),
		cmocka_unit_test(a_full_pipe_does_not_block),
		cmocka_unit_test(a_closed_reader_raises_no_sigpipe),
		cmocka_unit_test(a_replaced_stderr_gets_nothing),
		cmocka_unit_test(configuring_keeps_errno),
		cmocka_unit_test(errno_is_kept),
		cmocka_unit_test(the_journal_gets_priorities),
	};

	return cmocka_run_group_tests_name("log", tests, make_directory, remove_directory);
}
