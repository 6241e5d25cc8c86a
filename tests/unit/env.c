/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The environment is read once. Invalid settings keep their default, and their complaints are kept
 * until they are logged. Each test is a process, because a process reads its environment once.
 */
#include "runtime/env.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>

/* Makes descriptor 2 a pipe and returns its other end, which does not block. */
static int pipe_to_stderr(void)
{
	int ends[2];

	if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) == -1)
		_exit(2);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return ends[0];
}

static const char *read_all(int fd)
{
	static char text[65536];
	ssize_t got;

	errno = 4711;
	env_report_errors();
	if (errno != 4711)
		_exit(3);
	got = read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

static int read_nothing(void)
{
	int fd = pipe_to_stderr();
	const struct settings *settings;

	clearenv();
	settings = env_settings();
	CHECK(settings_want_replies(settings) && settings->v6only.keyword == V6ONLY_FORCE);
	CHECK(settings->v6only.is_default && settings->reply.is_default);
	CHECK(settings->peers == 16384 && settings->expiry_s == 300);
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

static void an_empty_environment_is_the_defaults(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_nothing), 0);
}

static int read_several(void)
{
	int fd = pipe_to_stderr();
	const struct settings *settings;

	setenv("BINDRIGHT_REPLY", "off", 1);
	setenv("BINDRIGHT_V6ONLY", "off", 1);
	setenv("BINDRIGHT_PEERS", "100", 1);
	setenv("BINDRIGHT_EXPIRY", "7", 1);
	settings = env_settings();
	CHECK(settings->is_on && settings->reply.keyword == REPLY_OFF &&
		settings->v6only.keyword == V6ONLY_OFF);
	CHECK(!settings->v6only.is_default && !settings->reply.is_default);
	CHECK(settings->peers == 128 && settings->expiry_s == 7);
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

static void reads_what_is_set(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_several), 0);
}

static int read_twice(void)
{
	const struct settings *settings;

	setenv("BINDRIGHT_EXPIRY", "7", 1);
	settings = env_settings();
	setenv("BINDRIGHT_EXPIRY", "8", 1);
	CHECK(env_settings() == settings);
	CHECK(settings->expiry_s == 7);
	return 0;
}

static void reads_once(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_twice), 0);
}

static int read_nonsense(void)
{
	int fd = pipe_to_stderr();
	const struct settings *settings;
	const char *text;

	setenv("BINDRIGHT_REPLY", "perhaps", 1);
	setenv("BINDRIGHT_EXPIRY", "-1", 1);
	setenv("BINDRIGHT_V6ONLY", "off", 1);
	settings = env_settings();
	CHECK(settings_want_replies(settings) && settings->expiry_s == 300);
	CHECK(settings->reply.is_default);
	CHECK(settings->v6only.keyword == V6ONLY_OFF);
	text = read_all(fd);
	CHECK(strstr(text, "error: BINDRIGHT_REPLY: ") != NULL);
	CHECK(strstr(text, "'perhaps'") != NULL);
	CHECK(strstr(text, "error: BINDRIGHT_EXPIRY: ") != NULL);
	CHECK(strstr(text, "BINDRIGHT_V6ONLY") == NULL);
	return 0;
}

static int complain_twice(void)
{
	int fd = pipe_to_stderr();
	char text[16];

	setenv("BINDRIGHT_REPLY", "perhaps", 1);
	env_settings();
	CHECK(read(fd, text, sizeof(text)) == -1 && errno == EAGAIN);
	CHECK(strstr(read_all(fd), "error: BINDRIGHT_REPLY: ") != NULL);
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

static void nonsense_is_told_when_it_is_asked_for_and_once(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(complain_twice), 0);
}

static int complain_of_many(void)
{
	int fd = pipe_to_stderr();
	const char *text;
	bool is_last_kept;
	int lines = 0;

	for (int i = 0; i < 100; i++) {
		char name[32];

		snprintf(name, sizeof(name), "BINDRIGHT_NOSUCH%d", i);
		setenv(name, "1", 1);
	}
	setenv("BINDRIGHT_EXPIRY", "never", 1);
	env_settings();
	text = read_all(fd);
	CHECK(strstr(text, "error: BINDRIGHT_EXPIRY: ") != NULL);
	is_last_kept = strstr(text, "BINDRIGHT_NOSUCH99") != NULL;
	for (; *text != '\0'; text++)
		lines += *text == '\n';
	CHECK(lines == 20);
	CHECK(!is_last_kept);
	return 0;
}

static void there_is_an_end_to_it(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(complain_of_many), 0);
}

static void nonsense_is_told_and_left_at_its_default(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_nonsense), 0);
}

static int read_wrong_log(void)
{
	int fd = pipe_to_stderr();

	setenv("BINDRIGHT_LOG", "loud", 1);
	CHECK(env_settings()->log.level == LOG_LEVEL_WARN);
	CHECK(strstr(read_all(fd), "error: BINDRIGHT_LOG: ") != NULL);
	return 0;
}

static int read_with_log_off(void)
{
	int fd = pipe_to_stderr();

	setenv("BINDRIGHT_LOG", "off", 1);
	setenv("BINDRIGHT_REPLY", "perhaps", 1);
	setenv("BINDRIGHT_NOSUCH", "1", 1);
	CHECK(env_settings()->log.level == LOG_LEVEL_OFF);
	CHECK(strcmp(read_all(fd), "") == 0);
	return 0;
}

/* The log's own setting is read first, in any position. */
static void complaints_go_where_the_log_goes(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_wrong_log), 0);
	assert_int_equal(run_in_child(read_with_log_off), 0);
}

static int read_unknown_names(void)
{
	static char long_name[200];
	int fd = pipe_to_stderr();
	const char *text;

	clearenv();
	memset(long_name, 'X', sizeof(long_name) - 1);
	memcpy(long_name, "BINDRIGHT_", 10);
	setenv("BINDRIGHT_REPYL", "off", 1);
	setenv("BINDRIGHTLY", "off", 1);
	setenv(long_name, "off", 1);
	CHECK(settings_want_replies(env_settings()));
	text = read_all(fd);
	CHECK(strstr(text, "warn: BINDRIGHT_REPYL: unknown") != NULL);
	CHECK(strstr(text, "BINDRIGHT_REPLY") != NULL);
	CHECK(strstr(text, "BINDRIGHTLY") == NULL);
	CHECK(strstr(text, "XXXX") == NULL);
	return 0;
}

static void a_misspelt_name_is_told(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_unknown_names), 0);
}

static int read_only_another(void)
{
	setenv("BINDRIGHT_ONLY", "another", 1);
	CHECK(!env_settings()->is_on);
	CHECK(!settings_want_replies(env_settings()));
	return 0;
}

static int read_only_this(void)
{
	char list[300];

	snprintf(list, sizeof(list), "another,%.200s", program_invocation_short_name);
	setenv("BINDRIGHT_ONLY", list, 1);
	CHECK(env_settings()->is_on);
	return 0;
}

static int read_skip_this(void)
{
	setenv("BINDRIGHT_SKIP", program_invocation_short_name, 1);
	CHECK(!env_settings()->is_on);
	return 0;
}

static int read_wrong_only(void)
{
	int fd = pipe_to_stderr();

	setenv("BINDRIGHT_ONLY", "another,", 1);
	CHECK(env_settings()->is_on);
	CHECK(strstr(read_all(fd), "error: BINDRIGHT_ONLY: invalid name ''") != NULL);
	return 0;
}

static void acts_in_the_programs_that_are_meant(void **state)
{
	(void)state;
	assert_int_equal(run_in_child(read_only_another), 0);
	assert_int_equal(run_in_child(read_only_this), 0);
	assert_int_equal(run_in_child(read_skip_this), 0);
	assert_int_equal(run_in_child(read_wrong_only), 0);
}

enum { NOT_SECURE = 77 };

/* What a copy of this program that has the set-user-ID bit does. */
static int read_in_secure_mode(void)
{
	if (getauxval(AT_SECURE) == 0)
		return NOT_SECURE;
	CHECK(env_settings()->expiry_s == 300);
	return 0;
}

static int execute_copy(void)
{
	char path[] = "/tmp/bindright-env-XXXXXX";
	int from = open("/proc/self/exe", O_RDONLY), to = mkstemp(path);
	pid_t child;
	int status;

	if (to == -1)
		return NOT_SECURE;
	while (copy_file_range(from, NULL, to, NULL, 1 << 20, 0) > 0)
		continue;
	if (fchown(to, 1, (gid_t)-1) != 0 || fchmod(to, 04755) != 0 || close(to) != 0)
		return NOT_SECURE;
	setenv("BINDRIGHT_EXPIRY", "7", 1);
	child = fork();
	if (child == 0) {
		execl(path, path, "secure", (char *)NULL);
		_exit(NOT_SECURE);
	}
	waitpid(child, &status, 0);
	unlink(path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* secure_getenv(3): whoever starts a set-user-ID program does not set its variables. */
static void in_secure_mode_nothing_is_read(void **state)
{
	int status = run_in_child(execute_copy);

	(void)state;
	if (status == NOT_SECURE)
		skip();
	assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_environment_is_the_defaults),
		cmocka_unit_test(reads_what_is_set),
		cmocka_unit_test(reads_once),
		cmocka_unit_test(nonsense_is_told_and_left_at_its_default),
		cmocka_unit_test(nonsense_is_told_when_it_is_asked_for_and_once),
		cmocka_unit_test(there_is_an_end_to_it),
		cmocka_unit_test(complaints_go_where_the_log_goes),
		cmocka_unit_test(a_misspelt_name_is_told),
		cmocka_unit_test(acts_in_the_programs_that_are_meant),
		cmocka_unit_test(in_secure_mode_nothing_is_read),
	};

	/* LeakSanitizer would run at exit, and reads no option in secure mode. */
	if (argc == 2 && strcmp(argv[1], "secure") == 0)
		_exit(read_in_secure_mode());
	return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
