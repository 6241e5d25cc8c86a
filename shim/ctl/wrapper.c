/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindright-exec: does the work of the command bindright, which is a script (scripts/bindright.in)
 * that executes it. See bindright(1).
 *
 *     bindright-exec LIBRARY SERVICE_DIR BINDRIGHTCTL [OPTION]... [--] COMMAND [ARGUMENT]...
 *
 * It collects the settings, checks them with the library's own parser (there is no second grammar
 * here), and becomes the command by execve(2), or prints what it would do. People, init scripts and
 * inetd.conf lines call it, so it writes nothing unless it refuses or has to warn, reads only the
 * settings files, the library and the command, forks for --kernel alone, and leaves no files or
 * open descriptors.
 */
#include "ctl/assignments.h"
#include "ctl/by_kernel.h"
#include "ctl/command.h"
#include "ctl/judge.h"
#include "ctl/ld_preload.h"
#include "ctl/library.h"
#include "ctl/list.h"
#include "ctl/log_sink.h"
#include "ctl/options.h"
#include "ctl/print.h"
#include "ctl/reach.h"
#include "ctl/say.h"
#include "ctl/services.h"
#include "ctl/settings_file.h"
#include "kernel/settings_check.h"
#include "libc/preload.h"
#include "runtime/log.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void take_file(const char *option, const char *path, enum settings_file_kind kind,
	struct assignments *assignments)
{
	struct error_line error_line;

	if (!settings_file_take(option, path, kind, assignments, &error_line))
		say_and_fail("%s", error_line.text);
}

static void take_service(
	const char *service_dir, const char *service, struct assignments *assignments)
{
	char path[PATH_MAX];
	struct error_line error_line;

	if (!services_find(service_dir, service, path, &error_line))
		say_and_fail("%s", error_line.text);
	take_file("-s", path, SETTINGS_FILE_REGULAR, assignments);
}

/* Settings from the environment are in effect unless overridden, so collect and check them too. */
static void collect(
	const struct options *options, const char *service_dir, struct assignments *assignments)
{
	assignments_take_environment(assignments);
	if (options->service != NULL)
		take_service(service_dir, options->service, assignments);
	if (options->file != NULL)
		take_file("-c", options->file, SETTINGS_FILE_OR_PIPE, assignments);
	if (options->v6only != NULL)
		assignments_take(assignments, "--v6only", "BINDRIGHT_V6ONLY", options->v6only);
	if (options->reply != NULL)
		assignments_take(assignments, "--reply", "BINDRIGHT_REPLY", options->reply);
	if (options->log != NULL)
		assignments_take(assignments, "--log", "BINDRIGHT_LOG", options->log);
}

static void say_bad(const struct assignment *bad, const char *text)
{
	say_error("%s: %s", bad->where, text);
}

/* If no syslog daemon listens, only warn: it may start later. A log file that cannot be written is
 * a mistake in the settings. Returns false if the command must not start. */
static bool judge_log(
	const struct assignments *assignments, const struct log_settings *log, bool is_quiet)
{
	const struct assignment *setting = assignments_find(assignments, "BINDRIGHT_LOG");
	struct error_line error_line;

	if (setting == NULL || log_sink_judge(log, &error_line))
		return true;
	if (log->sink == LOG_SINK_SYSLOG) {
		if (!is_quiet)
			say_warning("%s: %s: %s", setting->where, setting->name, error_line.text);
		return true;
	}
	say_error("%s: %s: %s", setting->where, setting->name, error_line.text);
	return false;
}

/* Reports every error before it exits, not only the first. */
static void judge_settings(
	const struct assignments *assignments, bool is_quiet, struct settings *ret)
{
	size_t bad = assignments_judge(assignments, ret, say_bad);

	bad += !judge_log(assignments, &ret->log, is_quiet);
	if (bad != 0)
		exit(EXIT_REFUSED);
	if (!assignments_export(assignments))
		say_and_fail("out of memory");
}

/* Maps the file as the loader would. If the loader itself failed, it would write its message to
 * standard error, which may be a client's connection. */
static bool can_be_loaded(int fd)
{
	void *page = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (page == MAP_FAILED)
		return false;
	munmap(page, 1);
	return true;
}

/* LD_PRELOAD separates its entries by spaces and colons and has no quoting. */
static void judge_library(const char *library)
{
	struct stat file;
	int fd;

	if (strlen(library) >= PATH_MAX)
		say_and_fail("the library's path is too long");
	if (strpbrk(library, " :") != NULL)
		say_and_fail(
			"the library's path has a space or a colon, which LD_PRELOAD cannot hold: '%s'",
			library);
	fd = open(library, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
		say_and_fail("the library is missing: '%s' (is bindright built, or installed?)",
			library);
	if (!reach_is_for_this_machine(library))
		say_and_fail("not a library for this machine and word size: '%s'", library);
	if (!can_be_loaded(fd))
		say_and_fail("the library cannot be loaded: '%s': %s", library, strerror(errno));
	close(fd);
}

/* This line belongs to the command's log: it carries the command's name and goes to the sink that
 * its settings name. */
static void warn_in_log(const struct settings *settings, const char *command,
	const struct verdict *verdict, const char *end)
{
	const char *slash = strrchr(command, '/');

	program_invocation_short_name = (char *)(slash != NULL ? slash + 1 : command);
	if (!settings_act_in(settings, program_invocation_short_name))
		return;
	log_configure(&settings->log);
	log_line(LOG_LEVEL_WARN, "the library cannot act in '%s': %s%s", verdict->path,
		verdict->reason, end);
}

/* Keeps the entries that LD_PRELOAD already has. */
static void put_into_preload(const char *library)
{
	const char *list = getenv("LD_PRELOAD");
	const size_t size = strlen(library) + strlen(list != NULL ? list : "") + sizeof(":");
	char *with = or_fail(malloc(size));

	ld_preload_insert(list != NULL ? list : "", library, with, size);
	if (setenv("LD_PRELOAD", with, 1) != 0)
		say_and_fail("out of memory");
	free(with);
}

static void take_out_of_preload(const char *library)
{
	char *list = getenv("LD_PRELOAD");

	if (list == NULL)
		return;
	preload_remove(list, library);
	if (*list == '\0')
		unsetenv("LD_PRELOAD");
}

/* Leaves the library out where the loader would complain about it or refuse to start the command.
 * Where the loader only ignores it, keep it: the command's children inherit it. Returns whether the
 * library is left out. */
static bool preload(const char *library, const struct verdict *verdict)
{
	if (verdict->obstacle == OBSTACLE_MACHINE || verdict->obstacle == OBSTACLE_LIBC) {
		take_out_of_preload(library);
		return true;
	}
	put_into_preload(library);
	return false;
}

/* What the command line and the settings say. */
struct request {
	struct options options;
	struct assignments assignments;
	struct settings settings;
	char path[PATH_MAX]; /* of the command */
};

static void print_request(
	const struct request *request, const struct verdict *verdict, bool is_left_out)
{
	command_judge(request->path);
	print_plan(&(struct plan){&request->assignments, &request->settings, request->path,
		request->options.command[0], verdict, is_left_out});
	print_end("--print");
}

_Noreturn static void run_with_library(struct request *request, const char *path)
{
	struct library library;
	struct verdict verdict;
	bool is_left_out;

	judge_library(path);
	command_find(request->options.command[0], request->path);
	library_set(path, path, &library);
	reach_judge(command_program(request->path), NULL, &library, &verdict);
	is_left_out = preload(library.entry, &verdict);
	if (request->options.is_print)
		print_request(request, &verdict, is_left_out);
	if (verdict.obstacle != OBSTACLE_NONE && !request->options.is_quiet)
		warn_in_log(&request->settings, request->options.command[0], &verdict,
			is_left_out ? "; it is left out of LD_PRELOAD" : "");
	command_become(request->path, request->options.command);
}

/* What is attached does not depend on the program. */
_Noreturn static void run_by_kernel(struct request *request, const char *bindrightctl)
{
	const bool is_on = request->settings.is_on;
	struct error_line error;

	if (is_on && !settings_check(&request->settings, &error))
		say_and_fail("option '--kernel': %s", error.text);
	command_find(request->options.command[0], request->path);
	if (request->options.is_print) {
		if (assignments_find(&request->assignments, "BINDRIGHT_V6ONLY") == NULL)
			assignments_take(
				&request->assignments, "default", "BINDRIGHT_V6ONLY", "auto");
		print_request(request, NULL, false);
	}
	command_judge(request->path);
	if (is_on && !by_kernel_start(bindrightctl, &request->assignments, &error))
		say_and_fail("%s", error.text);
	command_become(request->path, request->options.command);
}

int main(int argc, char *argv[])
{
	struct request request = {.path = ""};

	if (argc < 4)
		say_and_fail("bindright-exec is a part of bindright(1), which calls it");
	options_parse(argv + 4, argv[2], &request.options);
	collect(&request.options, argv[2], &request.assignments);
	judge_settings(&request.assignments, request.options.is_quiet, &request.settings);
	if (request.options.is_kernel)
		run_by_kernel(&request, argv[3]);
	run_with_library(&request, argv[1]);
}
