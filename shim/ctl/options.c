/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses by hand, because getopt_long(3) accepts abbreviations such as --v6 for --v6only. */
#include "ctl/options.h"

#include "ctl/print.h"
#include "ctl/say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define HINT "try 'bindright --help'"

static const char help[] =
	"Usage: bindright [OPTION]... [--] COMMAND [ARGUMENT]...\n"
	"\n"
	"Run COMMAND with UDP replies that leave from the address the request was sent\n"
	"to, and with IPv6 listeners that do not take the IPv4 side of their port.\n"
	"\n"
	"  -s SERVICE      read settings from %s/SERVICE.conf\n"
	"  -c FILE         read settings from FILE (lines BINDRIGHT_NAME=value)\n"
	"  --v6only=RULES  set BINDRIGHT_V6ONLY, for listeners on ::\n"
	"                  (force, default, auto, dual or off)\n"
	"  --reply=RULES   set BINDRIGHT_REPLY, for sources of UDP replies\n"
	"                  (on, interface or off)\n"
	"  --log=LOG       set BINDRIGHT_LOG (off, error, warn, info or debug;\n"
	"                  then :stderr, :syslog or :/absolute/file)\n"
	"  --kernel        have the kernel cure COMMAND, whatever kind of program that is, in a\n"
	"                  control group of its own; needs root\n"
	"  -q, --quiet     do not warn that the library cannot act in COMMAND, or that no\n"
	"                  syslog daemon listens\n"
	"  --print         run nothing; print the settings and where each comes from,\n"
	"                  LD_PRELOAD, the path of COMMAND, and whether the library acts\n"
	"                  in it\n"
	"  -h, --help      print this text\n"
	"  --version       print the version\n"
	"\n"
	"RULES are KEYWORD[,PROTO/PORTS=KEYWORD ...], such as force,tcp/1521=off.\n"
	"Options override FILE, FILE overrides SERVICE, both override the environment.\n"
	"Exit status: 125 if bindright itself fails, 126 if COMMAND cannot be executed,\n"
	"127 if it is not found, else that of COMMAND. See bindright(1) and bindright(7).\n";

static void print_if_asked(const char *argument, const char *service_dir)
{
	if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0) {
		print_begin(argument);
		printf(help, service_dir);
		print_end(argument);
	}
	if (strcmp(argument, "--version") == 0) {
		print_begin(argument);
		printf("bindright %s\n", PACKAGE_VERSION);
		print_end(argument);
	}
}

/* Parses -sNAME, or -s with NAME in the next argument. Returns how many arguments it consumed, 0 if
 * the first is another option. */
static int take_short(char *argv[], struct options *ret)
{
	const char **to;

	if (strncmp(argv[0], "-s", 2) == 0)
		to = &ret->service;
	else if (strncmp(argv[0], "-c", 2) == 0)
		to = &ret->file;
	else
		return 0;
	if (argv[0][2] != '\0') {
		*to = argv[0] + 2;
		return 1;
	}
	if (argv[1] == NULL)
		say_and_fail("option '%s' needs an argument; " HINT, argv[0]);
	*to = argv[1];
	return 2;
}

/* Parses --NAME=VALUE. Returns false if the argument is another option. */
static bool take_long(const char *argument, struct options *ret)
{
	const struct {
		const char *name;
		const char **to;
	} known[] = {
		{"--v6only", &ret->v6only},
		{"--reply", &ret->reply},
		{"--log", &ret->log},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const size_t len = strlen(known[i].name);

		if (strncmp(argument, known[i].name, len) != 0)
			continue;
		if (argument[len] == '\0')
			say_and_fail(
				"option '%s' needs a value: '%s=VALUE'; " HINT, argument, argument);
		if (argument[len] != '=')
			continue;
		*known[i].to = argument + len + 1;
		return true;
	}
	return false;
}

/* Parses an option without a value. Returns false if the argument is another option. */
static bool take_flag(const char *argument, struct options *ret)
{
	const struct {
		const char *name;
		bool *to;
	} known[] = {
		{"-q", &ret->is_quiet},
		{"--quiet", &ret->is_quiet},
		{"--kernel", &ret->is_kernel},
		{"--print", &ret->is_print},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const size_t len = strlen(known[i].name);

		if (strncmp(argument, known[i].name, len) != 0)
			continue;
		if (len > 2 && argument[len] == '=')
			say_and_fail(
				"option '%s' takes no value: '%s'; " HINT, known[i].name, argument);
		if (argument[len] != '\0')
			continue;
		*known[i].to = true;
		return true;
	}
	return false;
}

void options_parse(char *argv[], const char *service_dir, struct options *ret)
{
	*ret = (struct options){0};
	while (*argv != NULL && **argv == '-') {
		int taken;

		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		print_if_asked(*argv, service_dir);
		taken = take_short(argv, ret);
		if (taken == 0 && !take_flag(*argv, ret) && !take_long(*argv, ret))
			say_and_fail("unknown option '%s'; " HINT, *argv);
		argv += taken != 0 ? taken : 1;
	}
	if (ret->is_print)
		print_begin("--print");
	if (*argv == NULL)
		say_and_fail("no command given; " HINT);
	ret->command = argv;
}
