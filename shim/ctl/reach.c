/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads executable files: enough of programs and of scripts to tell whether a preload can act in
 * them. Never executes a file, and trusts nothing in it.
 */
#include "ctl/reach.h"

#include "ctl/elf_file.h"
#include "ctl/imports.h"
#include "ctl/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An executable file, while it is open. */
struct program {
	int fd;
	bool is_elf;
	struct elf_file elf;
	char interpreter[PATH_MAX]; /* what the first line of a script names, else "" */
};

/* Always returns false, for callers to return in turn. */
__attribute__((format(printf, 2, 3))) static bool explain(
	struct reach *reach, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reach->reason, sizeof(reach->reason), format, args);
	va_end(args);
	return false;
}

/* Extracts the interpreter from a script's first line, or sets ret to "". */
static void read_interpreter(int fd, char ret[PATH_MAX])
{
	char head[256] = "";
	const char *line = head;
	size_t len;

	*ret = '\0';
	if (pread(fd, head, sizeof(head) - 1, 0) <= 0 || strncmp(line, "#!", 2) != 0)
		return;
	line += 2 + strspn(line + 2, " \t");
	len = strcspn(line, " \t\n");
	memcpy(ret, line, len);
	ret[len] = '\0';
}

/* Opens a file. Returns 0, or an errno. O_NONBLOCK, because the path may be an executable fifo. */
static int open_program(const char *path, struct program *ret)
{
	struct stat file;

	ret->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (ret->fd < 0)
		return errno;
	*ret->interpreter = '\0';
	ret->is_elf =
		fstat(ret->fd, &file) == 0 && S_ISREG(file.st_mode) && elf_read(ret->fd, &ret->elf);
	if (!ret->is_elf)
		read_interpreter(ret->fd, ret->interpreter);
	return 0;
}

/* Opens this program's own file, which has the machine, word size and C library of the library.
 * Returns false if /proc is not mounted. */
static bool open_self(struct program *ret)
{
	return open_program("/proc/self/exe", ret) == 0;
}

static bool is_for_machine_of(const struct program *program, const struct program *self)
{
	return program->elf.class == self->elf.class && program->elf.machine == self->elf.machine;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Opens the program at reach->path; if that is a script, follows its interpreters and sets the path
 * to the last. Returns false and the reason if a file on the way cannot be read or is neither. */
static bool open_last(struct reach *reach, struct program *ret)
{
	for (int scripts = 0; scripts <= REACH_SCRIPTS_MAX; scripts++) {
		const int error = open_program(reach->path, ret);

		if (error != 0)
			return explain(reach, "%s%s cannot be read: %s",
				scripts > 0 ? "its interpreter " : "it",
				scripts > 0 ? reach->path : "", strerror(error));
		if (ret->is_elf)
			return true;
		close(ret->fd);
		if (*ret->interpreter == '\0')
			return explain(reach, "it is neither a program nor a script that names "
					      "its interpreter");
		strcpy(reach->path, ret->interpreter);
	}
	return explain(reach, "it is a script of too many scripts");
}

/* Tells a program from other ELF files, which have no loader either: shared libraries and the
 * loader have a name for others to link with, object files are of another type. */
static bool is_program(const struct program *program, const char *loader)
{
	const struct elf_file *elf = &program->elf;

	if (elf->type != ET_EXEC && elf->type != ET_DYN)
		return false;
	return elf->type == ET_EXEC || !elf->is_native || *loader != '\0' ||
	       !imports_is_library(elf);
}

static int word_size(const struct program *program)
{
	return program->elf.class == ELFCLASS32 ? 32 : 64;
}

static enum obstacle judge_machine(
	const struct program *program, const struct program *self, struct reach *reach)
{
	if (word_size(program) != word_size(self))
		explain(reach, "a %d-bit program, and the library is for %d-bit ones",
			word_size(program), word_size(self));
	else
		explain(reach, "built for another machine than the library");
	return OBSTACLE_MACHINE;
}

/* What the program is made of. */
static enum obstacle judge_build(
	const struct program *program, const struct program *self, struct reach *reach)
{
	char loader[PATH_MAX], own_loader[PATH_MAX];

	elf_find_loader(&program->elf, loader);
	elf_find_loader(&self->elf, own_loader);
	if (elf_is_go(&program->elf)) {
		explain(reach, "written in Go, which makes its system calls itself");
		return OBSTACLE_GO;
	}
	if (elf_is_pascal(&program->elf) && !imports_has_sockets(&program->elf)) {
		explain(reach, "written in Free Pascal, which makes its system calls itself");
		return OBSTACLE_PASCAL;
	}
	if (*loader == '\0') {
		explain(reach, "statically linked");
		return OBSTACLE_STATIC;
	}
	if (strcmp(file_name(loader), file_name(own_loader)) != 0) {
		explain(reach, "built for another C library (loader %s)", loader);
		return OBSTACLE_LIBC;
	}
	return OBSTACLE_NONE;
}

/* Privileges come last: whoever starts the program, what it is made of stays. */
static enum obstacle find_obstacle(
	const struct program *program, const struct user *user, struct reach *reach)
{
	struct program self;
	enum obstacle obstacle = OBSTACLE_NONE;

	if (open_self(&self)) {
		if (!is_for_machine_of(program, &self))
			obstacle = judge_machine(program, &self, reach);
		else
			obstacle = judge_build(program, &self, reach);
		close(self.fd);
	}
	if (obstacle == OBSTACLE_NONE &&
		privileges_find(program->fd, user, reach->reason, sizeof(reach->reason)))
		return OBSTACLE_PRIVILEGES;
	return obstacle;
}

void reach_judge(const char *path, const struct user *user, struct reach *ret)
{
	struct program program;
	char loader[PATH_MAX];

	*ret = (struct reach){.obstacle = OBSTACLE_NONE};
	strcpy(ret->path, path);
	if (!open_last(ret, &program))
		return;
	elf_find_loader(&program.elf, loader);
	ret->is_known = is_program(&program, loader);
	if (ret->is_known)
		ret->obstacle = find_obstacle(&program, user, ret);
	else
		explain(ret, "it is not a program that can be started");
	close(program.fd);
}

bool reach_find_interpreter(const char *path, char ret[PATH_MAX])
{
	struct program program;

	if (open_program(path, &program) != 0)
		return false;
	if (program.is_elf)
		elf_find_loader(&program.elf, ret);
	else
		strcpy(ret, program.interpreter);
	close(program.fd);
	return *ret != '\0';
}

bool reach_is_for_this_machine(const char *path)
{
	struct program program, self;
	bool is_ours;

	if (open_program(path, &program) != 0)
		return false;
	is_ours = program.is_elf;
	if (is_ours && open_self(&self)) {
		is_ours = is_for_machine_of(&program, &self);
		close(self.fd);
	}
	close(program.fd);
	return is_ours;
}
