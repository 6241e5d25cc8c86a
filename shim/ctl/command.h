/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds and executes the command as execvp(3) does, with a message for every failure. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <limits.h>

/* The exit statuses that shells use. */
enum { EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

/* Sets ret to the path of the command, or ends the process with a message. */
void command_find(const char *name, char ret[PATH_MAX]);

/* Ends the process with the message of command_become if the files tell that execve(2) will fail.
 * Executes nothing. */
void command_judge(const char *path);

/* Returns the file that the kernel is asked to execute in the end: path, or /bin/sh. */
const char *command_program(const char *path);

/* Executes the command at path in this process, or ends it with a message. /bin/sh runs a file that
 * is neither a program nor names an interpreter. */
_Noreturn void command_become(const char *path, char *argv[]);

#endif
