/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the command before execve(2), so the messages can name what is wrong with it. */
#include "ctl/command.h"

#include "ctl/list.h"
#include "ctl/reach.h"
#include "ctl/say.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char shell[] = "/bin/sh";

/* Returns 0 if the file's mode permits execution, else an errno. */
static int judge(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return errno;
	if (S_ISDIR(file.st_mode))
		return EISDIR;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static bool is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

_Noreturn static void refuse(const char *path, int error)
{
	if (is_missing(error))
		say_and_exit(EXIT_NOT_FOUND, "'%s': command not found", path);
	if (error == EISDIR)
		say_and_exit(EXIT_CANNOT_EXECUTE, "'%s' is a directory, not a command", path);
	if (error == EACCES)
		say_and_exit(
			EXIT_CANNOT_EXECUTE, "'%s' is not executable: permission denied", path);
	say_and_exit(EXIT_CANNOT_EXECUTE, "'%s' cannot be executed: %s", path, strerror(error));
}

/* Tries each directory of a PATH, in which an empty entry is the current directory. Returns false
 * if none has the name. If only files are found that cannot be executed, ends the process with a
 * message about the first of them. */
static bool search(const char *directories, const char *name, char ret[PATH_MAX])
{
	char denied[PATH_MAX] = "";
	int denied_error = 0;

	for (const char *at = directories;; at++) {
		const int len = (int)strcspn(at, ":");
		const int path_len = snprintf(
			ret, PATH_MAX, "%.*s/%s", len > 0 ? len : 1, len > 0 ? at : ".", name);
		const int error = path_len < PATH_MAX ? judge(ret) : ENOENT;

		if (error == 0)
			return true;
		if (!is_missing(error) && denied_error == 0) {
			denied_error = error;
			strcpy(denied, ret);
		}
		at += len;
		if (*at == '\0')
			break;
	}
	if (denied_error != 0)
		refuse(denied, denied_error);
	return false;
}

/* What execvp(3) of glibc searches if PATH is not set. */
static const char default_path[] = "/bin:/usr/bin";

void command_find(const char *name, char ret[PATH_MAX])
{
	const char *directories = getenv("PATH");
	int error;

	if (strchr(name, '/') == NULL) {
		if (*name == '\0' ||
			!search(directories != NULL ? directories : default_path, name, ret))
			refuse(name, ENOENT);
		return;
	}
	error = strlen(name) < PATH_MAX ? judge(name) : ENAMETOOLONG;
	if (error != 0)
		refuse(name, error);
	strcpy(ret, name);
}

/* What execve(2) makes of a file, as its first bytes tell. */
enum kind {
	KIND_UNREADABLE,
	KIND_PROGRAM,
	KIND_SCRIPT, /* names an interpreter */
	KIND_TEXT,   /* a shell script, as shells guess: its first line has no NUL */
	KIND_OTHER,
};

/* Tells a program from other files of this format, such as object files. */
static bool is_elf_program(const char *head, size_t len)
{
	Elf32_Half type; /* at the same place in both classes */

	if (len < sizeof(Elf32_Ehdr))
		return false;
	memcpy(&type, head + offsetof(Elf32_Ehdr, e_type), sizeof(type));
	return type == ET_EXEC || type == ET_DYN;
}

static enum kind find_kind(const char *path)
{
	char head[256], interpreter[PATH_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof(head));
	const char *newline;

	if (fd >= 0)
		close(fd);
	if (got < 0)
		return KIND_UNREADABLE;
	if (got >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		return is_elf_program(head, (size_t)got) ? KIND_PROGRAM : KIND_OTHER;
	if (reach_find_interpreter(path, interpreter))
		return KIND_SCRIPT;
	newline = memchr(head, '\n', (size_t)got);
	return memchr(head, '\0', newline != NULL ? (size_t)(newline - head) : (size_t)got) == NULL
		       ? KIND_TEXT
		       : KIND_OTHER;
}

const char *command_program(const char *path)
{
	return find_kind(path) == KIND_TEXT ? shell : path;
}

_Noreturn static void fail_shell(const char *path, int error)
{
	say_and_exit(EXIT_CANNOT_EXECUTE, "'%s' cannot be executed by %s: %s", path, shell,
		strerror(error));
}

static void become_shell(const char *path, char *argv[])
{
	size_t count = 0;
	char **shell_argv;

	while (argv[count] != NULL)
		count++;
	shell_argv = or_fail(calloc(count + 2, sizeof(*shell_argv)));
	shell_argv[0] = (char *)shell;
	shell_argv[1] = (char *)path;
	memcpy(shell_argv + 2, argv + 1, (count - 1) * sizeof(*argv));
	execve(shell, shell_argv, environ);
	fail_shell(path, errno);
}

/* execve(2) reports an interpreter's error as if it were the file's. Checks the interpreters, each
 * of which may be a script again, and names the one that cannot be executed. */
static void refuse_interpreter(const char *path)
{
	char at[PATH_MAX], interpreter[PATH_MAX];

	strcpy(at, path);
	for (int scripts = 0; scripts <= REACH_SCRIPTS_MAX; scripts++) {
		int error;

		if (!reach_find_interpreter(at, interpreter))
			return;
		error = judge(interpreter);
		if (error != 0)
			say_and_exit(EXIT_CANNOT_EXECUTE,
				"'%s' cannot be executed: its interpreter '%s': %s%s", path,
				interpreter, strerror(error),
				strchr(interpreter, '\r') != NULL ? " (is it a DOS line ending?)"
								  : "");
		strcpy(at, interpreter);
	}
}

void command_judge(const char *path)
{
	char at[PATH_MAX], interpreter[PATH_MAX];
	enum kind kind;
	int scripts = 0, error = 0;

	refuse_interpreter(path);
	strcpy(at, path);
	while ((kind = find_kind(at)) == KIND_SCRIPT && reach_find_interpreter(at, interpreter)) {
		if (++scripts > REACH_SCRIPTS_MAX)
			refuse(path, ELOOP);
		strcpy(at, interpreter);
	}
	if (kind == KIND_TEXT && scripts == 0)
		error = judge(shell);
	else if (kind == KIND_TEXT || kind == KIND_OTHER)
		refuse(path, ENOEXEC);
	if (error != 0)
		fail_shell(path, error);
}

void command_become(const char *path, char *argv[])
{
	int error;

	execve(path, argv, environ);
	error = errno;
	if (error == ENOEXEC && find_kind(path) == KIND_TEXT)
		become_shell(path, argv);
	refuse_interpreter(path);
	refuse(path, error);
}
