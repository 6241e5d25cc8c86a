/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the subcommands of bindrightctl(8) have in common: options, exit statuses, text. */
#ifndef CTL_TOOL_H
#define CTL_TOOL_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/* The exit statuses of bindrightctl. */
enum {
	TOOL_YES = 0,	   /* nothing to do */
	TOOL_FINDINGS = 1, /* or no */
	TOOL_TROUBLE = 2,  /* the question could not be answered, or the deed not be done */
};

/* The options that all subcommands take. */
struct tool {
	bool is_json;
	bool is_quiet;
};

/* Entries of each subcommand's option table, and what its short options begin with. */
enum { TOOL_JSON = 0x1000, TOOL_FIRST_OWN };
#define TOOL_LONG_OPTIONS                                                          \
	{"json", no_argument, NULL, TOOL_JSON}, {"quiet", no_argument, NULL, 'q'}, \
	{                                                                          \
		"help", no_argument, NULL, 'h'                                     \
	}
#define TOOL_SHORT_OPTIONS ":qh"

/*
 * getopt_long(3), except that it keeps the options that all subcommands take to itself: notes them
 * in *tool, or prints help and ends the process. With -q, nothing that is written to standard
 * output appears. Ends the process with a message on an option that is not in the table.
 */
int tool_next(int argc, char *argv[], const char *short_options, const struct option *options,
	const char *help, struct tool *tool);

/* Ends the process with a message unless the number of arguments left is from min to max. what
 * names them, such as "PROGRAM, UNIT or PID". */
void tool_check_arguments(int argc, char *argv[], int min, int max, const char *what);

/* Returns status if all that was printed was written, else TOOL_TROUBLE after a message. */
int tool_end(int status);

/* Takes this library out of the process's own LD_PRELOAD by executing the program again, because
 * what the tools ask about sockets, the library would answer. */
void tool_leave_preload(char *argv[]);

/* Each is one subcommand: argv[0] is "bindrightctl NAME", for messages. Returns the exit status. */
int check_main(int argc, char *argv[]);
int audit_main(int argc, char *argv[]);
int status_main(int argc, char *argv[]);
int enable_main(int argc, char *argv[]);
int disable_main(int argc, char *argv[]);
int attach_main(int argc, char *argv[]);
int detach_main(int argc, char *argv[]);

#endif
