/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads executable files: enough of programs and of scripts to tell whether a preload can act in
 * them. Never executes a file, and trusts nothing in it.
 */
#include "ctl/reach.h"

#include "ctl/elf_file.h"
#include "ctl/imports.h"
#include "ctl/privileges.h"
#include "ctl/say.h"

#include <errno.h>
#include <fcntl.h>
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

	ret->elf = (struct elf_file){.fd = -1};
	ret->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (ret->fd < 0)
		return say_why();
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

static bool is_same_machine(const struct elf_file *file, const struct elf_file *other)
{
	return file->class == other->class && file->machine == other->machine;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Always returns false, for callers to return in turn. */
static bool say_unknown(struct verdict *verdict, const char *reason)
{
	judge_set(verdict, ANSWER_UNKNOWN, NULL, "%s", reason);
	return false;
}

/* Opens the program at verdict->path; if that is a script, follows its interpreters and sets the
 * path to the last. Returns false and the reason if a file on the way cannot be read or is neither.
 */
static bool open_last(struct verdict *verdict, struct program *ret)
{
	for (int scripts = 0; scripts <= REACH_SCRIPTS_MAX; scripts++) {
		const int error = open_program(verdict->path, ret);

		if (error != 0) {
			judge_set(verdict, ANSWER_UNKNOWN, NULL, "%s%s cannot be read: %s",
				scripts > 0 ? "its interpreter " : "it",
				scripts > 0 ? verdict->path : "", strerror(error));
			return false;
		}
		if (ret->is_elf)
			return true;
		close(ret->fd);
		if (*ret->interpreter == '\0')
			return say_unknown(verdict,
				"it is neither a program nor a script that names its interpreter");
		strcpy(verdict->path, ret->interpreter);
	}
	return say_unknown(verdict, "it is a script of too many scripts");
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

static int word_size(const struct elf_file *elf)
{
	return elf->class == ELFCLASS32 ? 32 : 64;
}

/* A program of another word size has its own loader, which may find a library that fits. */
static void judge_loader(const struct elf_file *elf, const char *loader,
	const struct library *library, struct verdict *ret)
{
	char own_loader[PATH_MAX];
	struct program self;

	if (!open_self(&self))
		return;
	elf_find_loader(&self.elf, own_loader);
	if (word_size(elf) != word_size(&self.elf)) {
		if (library == NULL || !library_has_other(library, elf))
			judge_no(ret, OBSTACLE_MACHINE,
				"a %d-bit program, and the library is for %d-bit ones",
				word_size(elf), word_size(&self.elf));
	} else if (!is_same_machine(elf, &self.elf)) {
		judge_no(ret, OBSTACLE_MACHINE, "built for another machine than the library");
	} else if (strcmp(file_name(loader), file_name(own_loader)) != 0) {
		judge_no(ret, OBSTACLE_LIBC, "built for another C library (loader %s)", loader);
	}
	close(self.fd);
}

/* What no library would change comes first. Privileges come last: whoever starts the program, what
 * it is made of stays. */
static void judge_file(const struct program *program, const struct user *user,
	const struct library *library, struct verdict *ret)
{
	const struct elf_file *elf = &program->elf;
	char loader[PATH_MAX], privileges[sizeof(ret->reason)];

	elf_find_loader(elf, loader);
	if (!is_program(program, loader))
		judge_set(ret, ANSWER_UNKNOWN, NULL, "it is not a program that can be started");
	else if (elf_is_go(elf))
		judge_no(ret, OBSTACLE_GO, "written in Go, which makes its system calls itself");
	else if (elf_is_pascal(elf) && !imports_has_sockets(elf))
		judge_no(ret, OBSTACLE_PASCAL,
			"written in Free Pascal, which makes its system calls itself");
	else if (*loader == '\0' && elf->segment_count > 0)
		judge_no(ret, OBSTACLE_STATIC, "statically linked");
	else
		judge_loader(elf, loader, library, ret);
	if (ret->answer == ANSWER_YES &&
		privileges_find(program->fd, user, privileges, sizeof(privileges)))
		judge_no(ret, OBSTACLE_PRIVILEGES, "%s", privileges);
}

void reach_judge(const char *path, const struct user *user, const struct library *library,
	struct verdict *ret)
{
	struct program program;
	struct user self;

	memset(ret, 0, sizeof(*ret));
	strcpy(ret->path, path);
	user_of_this_process(&self);
	if (!open_last(ret, &program))
		return;
	judge_file(&program, user != NULL ? user : &self, library, ret);
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
		is_ours = is_same_machine(&program.elf, &self.elf);
		close(self.fd);
	}
	close(program.fd);
	return is_ours;
}
