/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tools print to standard output: text as it can be printed, and what the wrapper prints
 * for the options that ask it to. */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include "ctl/assignments.h"
#include "ctl/judge.h"
#include "settings/settings.h"

#include <stdbool.h>

/* Prints text with '?' for each control character. */
void print_printable(const char *text);

/* How the wrapper would run the command. LD_PRELOAD is the process's own. */
struct plan {
	const struct assignments *assignments;
	const struct settings *settings;
	const char *path;	       /* the command, as found */
	const char *command;	       /* as typed */
	const struct verdict *verdict; /* NULL for --kernel */
	bool is_left_out;	       /* the library, from LD_PRELOAD */
};

/* Ends the process with a message that names the option if standard output or standard error is a
 * network connection: under inetd, the client would read the text. */
void print_begin(const char *option);

/* Prints lines "NAME: value": each setting and its origin, LD_PRELOAD, the command, and whether the
 * library acts in it. Control characters become '?'. */
void print_plan(const struct plan *plan);

/* Ends the process: with status 0 if all was written, else with a message. */
_Noreturn void print_end(const char *option);

#endif
