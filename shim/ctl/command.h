/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command that the wrapper becomes: found as execvp(3) finds it, and every failure a line. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <limits.h>

/* The exit statuses that shells have for these. */
enum { EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

/* Sets ret to the path of the command; ends the process with a line where there is none. */
void command_find(const char *name, char ret[PATH_MAX]);

/* Becomes the command at path; a file that is neither a program nor names its interpreter is run by
 * /bin/sh. Ends the process with a line where that cannot be. */
_Noreturn void command_become(const char *path, char *argv[]);

#endif
