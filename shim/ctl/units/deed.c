/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/deed.h"

#include "ctl/document.h"
#include "ctl/print.h"
#include "ctl/units/systemctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* systemd itself gives a service 90 seconds to stop and 90 to start, if it is not told otherwise.
 */
enum { RELOAD_LIMIT_S = 120, RESTART_LIMIT_S = 600 };

/* Another one may be waiting for systemd to reload. */
enum { LOCK_TRIES = 2 * RELOAD_LIMIT_S * 20, LOCK_PAUSE_NS = 1000 * 1000 * 1000 / 20 };
static const char lock_path[] = "/run/bindrightctl.lock";

/* A path below this root begins with its own slash. */
static const char *judge_root(const char *root)
{
	struct stat file;
	char *whole = realpath(root, NULL);

	if (whole == NULL || stat(whole, &file) != 0)
		say_and_fail("--root: '%s': %s", root, strerror(errno));
	if (!S_ISDIR(file.st_mode))
		say_and_fail("--root: '%s' is no directory", root);
	return strcmp(whole, "/") == 0 ? "" : whole;
}

static void take_option(int option, struct deed *deed)
{
	if (option == DEED_NOW)
		deed->is_now = true;
	else if (option == DEED_ROOT)
		deed->root = judge_root(optarg);
	else if (option == DEED_LIBRARY)
		deed->library = optarg;
	else if (option == DEED_KERNEL)
		deed->is_by_kernel = true;
}

/* Who may not make the lock may not write a drop-in either, and is told so then. */
static int take_lock(void)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
	int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK)
			break;
		if (i >= LOCK_TRIES)
			say_and_fail(
				"another bindrightctl is at work: it has locked %s", lock_path);
		nanosleep(&pause, NULL);
	}
	return fd;
}

void deed_take_options(
	int argc, char *argv[], const struct option *options, const char *help, struct deed *ret)
{
	int option;

	*ret = (struct deed){0};
	while ((option = tool_next(argc, argv, TOOL_SHORT_OPTIONS, options, help, &ret->tool)) !=
		-1)
		take_option(option, ret);
	if (ret->root != NULL && ret->is_now)
		say_and_fail("'--now' cannot be had with '--root', where no service runs");
	if (ret->library != NULL && ret->is_by_kernel)
		say_and_fail("'--library' cannot be had with '--kernel', which needs no library");
	if (ret->root == NULL && !unit_systemd_runs())
		say_and_fail("systemd does not run here: see OTHER INIT SYSTEMS in bindright(7)");
	ret->lock = ret->root == NULL ? take_lock() : -1;
}

bool deed_reload(const struct deed *deed, struct error_line *error)
{
	return deed->root != NULL || systemctl_do("daemon-reload", NULL, RELOAD_LIMIT_S, error);
}

static void print_json(const struct deed_result *result, const char *restart)
{
	struct doc *whole = doc_object();

	doc_set_number(whole, "version", 1);
	doc_set_text(whole, "unit", result->unit);
	doc_set_text(whole, "file", result->file);
	doc_set_bool(whole, "changed", result->is_changed);
	if (result->helper != NULL) {
		doc_set_text(whole, "helper", result->helper);
		doc_set_bool(whole, "in_effect", result->effect != NULL);
	}
	doc_set_text(whole, "restart", restart);
	doc_print(whole);
}

static void print_file(const char *did, const char *file)
{
	fputs(did, stdout);
	putchar(' ');
	print_printable(file);
	putchar('\n');
}

/* Of a template, false: it does not run itself. */
static bool is_active(const char *unit)
{
	struct error_line error;
	struct unit now;

	return !unit_name_is_template(unit) && unit_load(unit, NULL, &now, &error) && now.is_active;
}

/* A service that does not run is not started. */
static int restart(const char *unit, const char *units, bool is_json)
{
	const bool was_active = is_active(unit);
	struct error_line error;

	if (!systemctl_do("try-restart", units, RESTART_LIMIT_S, &error)) {
		say_error("%s", error.text);
		return TOOL_TROUBLE;
	}
	if (was_active && !is_active(unit)) {
		say_error("%s ended after its restart: systemctl status %s", unit, unit);
		return TOOL_TROUBLE;
	}
	if (is_json)
		return TOOL_YES;
	if (unit_name_is_template(unit))
		printf("restarted those of %s that run\n", units);
	else if (!was_active)
		printf("%s does not run: takes effect when it starts\n", unit);
	else
		printf("restarted %s\n", unit);
	return TOOL_YES;
}

/* A restart would start a service that does not run. */
static void say_when(const struct deed *deed, const char *unit, const char *command)
{
	if (deed->root != NULL)
		puts("takes effect when that system starts");
	else if (deed->is_now)
		return;
	else if (unit_name_is_template(unit) || is_active(unit))
		printf("takes effect with: %s\n", command);
	else
		printf("%s does not run: takes effect when it starts\n", unit);
}

static void print_text(
	const struct deed *deed, const struct deed_result *result, const char *command)
{
	print_file(result->did, result->file);
	if (result->helper != NULL)
		print_file(result->did_to_helper, result->helper);
	if (result->effect != NULL && !deed->is_now)
		printf("%s is %s\n", result->unit, result->effect);
	else if (result->is_changed)
		say_when(deed, result->unit, command);
}

int deed_finish(const struct deed *deed, const struct deed_result *result)
{
	char *units = unit_name_instances(result->unit);
	char *command = unit_name_restart(result->unit);
	int status = TOOL_YES;

	if (deed->tool.is_json)
		print_json(result, command);
	else
		print_text(deed, result, command);
	if (deed->lock >= 0)
		close(deed->lock);
	if (deed->is_now) {
		fflush(stdout);
		status = restart(result->unit, units, deed->tool.is_json);
	}
	free(command);
	free(units);
	return status;
}
