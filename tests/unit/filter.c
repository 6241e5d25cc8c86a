/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SystemCallFilter= of a unit, as systemctl shows it: where it is in the way of the library. */
#include "ctl/units/filter.h"

#include "unit.h"

#include <stdlib.h>

static const struct unit_setting *setting;

const struct unit_setting *unit_last(const struct unit *unit, const char *key)
{
	(void)unit;
	assert_string_equal(key, "SystemCallFilter");
	return setting;
}

/* What is said of the filter; "" if it is not in the way. */
static const char *judge(const char *filter, const char *number)
{
	struct unit unit = {.filter = strdup(filter), .filter_error = strdup(number)};
	static struct error_line line;

	line.text[0] = '\0';
	filter_is_in_the_way(&unit, &line);
	free(unit.filter);
	free(unit.filter_error);
	return line.text;
}

/* systemctl shows this number for SystemCallErrorNumber=kill, and for none. */
#define KILL "2147483646"
#define EPERM_NUMBER "1"
#define CALLED                                                                                \
	"getpid getrandom getsockname getsockopt madvise mmap munmap recvmsg rt_sigprocmask " \
	"sendmsg setsockopt statx"

static void a_list_of_what_is_allowed(void **state)
{
	(void)state;
	assert_string_equal(judge("", KILL), "");
	assert_string_equal(judge(CALLED " write", KILL), "");
	assert_non_null(strstr(judge(CALLED, KILL), "kills the service at write,"));
	assert_non_null(strstr(judge(CALLED, "0"), "kills the service at write,"));
	assert_non_null(strstr(judge(CALLED, "4096"), "kills the service at write,"));
	/* A call whose name only begins so is another. */
	assert_non_null(strstr(judge(CALLED " writev", KILL), "kills the service at write,"));
	assert_string_equal(judge("writev " CALLED "  write", KILL), "");
}

/* Without write, it cures; without sendmsg, it does not. */
static void a_refusal_matters_where_the_cure_needs_the_call(void **state)
{
	(void)state;
	assert_string_equal(judge(CALLED, EPERM_NUMBER), "");
	assert_string_equal(judge(CALLED, "4095"), "");
	assert_non_null(strstr(judge("recvmsg setsockopt getsockopt", EPERM_NUMBER),
		"refuses sendmsg, which the library calls"));
}

static void a_list_of_what_is_denied(void **state)
{
	(void)state;
	assert_string_equal(judge("~mount reboot writev", KILL), "");
	assert_non_null(strstr(judge("~mount madvise", KILL), "kills the service at madvise,"));
	assert_string_equal(judge("~mount madvise", EPERM_NUMBER), "");
	assert_non_null(strstr(judge("~mount recvmsg", EPERM_NUMBER), "refuses recvmsg,"));
}

static void a_call_may_have_an_action_of_its_own(void **state)
{
	(void)state;
	assert_non_null(strstr(judge("~statx:kill", EPERM_NUMBER), "kills the service at statx,"));
	assert_string_equal(judge("~statx:EPERM", KILL), "");
	assert_non_null(strstr(judge("~setsockopt:EPERM", KILL), "refuses setsockopt,"));
	assert_non_null(
		strstr(judge(CALLED " write:kill", EPERM_NUMBER), "kills the service at write,"));
	assert_string_equal(judge(CALLED " write:EPERM", KILL), "");
}

static void the_setting_is_named(void **state)
{
	const struct unit_setting found = {.file = "/etc/systemd/system/a.service", .line = 7};
	struct unit unknown = {.filter = NULL};
	struct error_line line;

	(void)state;
	setting = &found;
	assert_string_equal(judge("~sendmsg", EPERM_NUMBER),
		"/etc/systemd/system/a.service:7: SystemCallFilter= refuses sendmsg, which the "
		"library calls");
	setting = NULL;
	assert_string_equal(judge("~sendmsg", EPERM_NUMBER),
		"SystemCallFilter= refuses sendmsg, which the library calls");
	/* systemd has not told. */
	assert_false(filter_is_in_the_way(&unknown, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_what_is_allowed),
		cmocka_unit_test(a_refusal_matters_where_the_cure_needs_the_call),
		cmocka_unit_test(a_list_of_what_is_denied),
		cmocka_unit_test(a_call_may_have_an_action_of_its_own),
		cmocka_unit_test(the_setting_is_named),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
