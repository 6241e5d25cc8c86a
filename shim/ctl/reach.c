/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindright-reach: warns of a command in which the library cannot act. The wrapper asks it before
 * it starts anything.
 *
 *     bindright-reach COMMAND
 *
 * One line of the log (BINDRIGHT_LOG) if no preload reaches COMMAND, an executable file, or the
 * interpreter that it names if it is a script. Exit status 0 if nothing is in the way, as far as
 * the file tells; 1 if something is; 2 if it was called wrongly.
 */
#include "sys/env.h"
#include "sys/log.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A script's interpreter may be a script; the kernel follows four of them (execve(2)). */
enum { SCRIPTS_MAX = 4, SEGMENTS_MAX = 64, NOTES_MAX = 4096 };

/* What matters of an executable file. */
struct program {
	bool is_elf;
	unsigned char class; /* ELFCLASS32 or ELFCLASS64 */
	unsigned short machine;
	char loader[PATH_MAX]; /* PT_INTERP; "" if it has none */
	bool is_go;
};

/* Whether these notes have Go's build id (cmd/link writes it into every program). */
static bool has_go_note(const char *notes, size_t len)
{
	static const char name[4] = "Go";
	size_t at = 0;

	while (at + sizeof(ElfW(Nhdr)) <= len) {
		ElfW(Nhdr) note;
		size_t rest = len - at - sizeof(note);

		memcpy(&note, notes + at, sizeof(note));
		at += sizeof(note);
		if (note.n_namesz > rest || note.n_descsz > rest)
			return false;
		if (note.n_namesz == sizeof(name) && memcmp(notes + at, name, sizeof(name)) == 0)
			return true;
		at += (note.n_namesz + 3U) / 4 * 4 + (note.n_descsz + 3U) / 4 * 4;
	}
	return false;
}

static void read_segment(int fd, const ElfW(Phdr) * segment, struct program *ret)
{
	char notes[NOTES_MAX];
	size_t len = segment->p_filesz;
	ssize_t got;

	if (segment->p_type == PT_INTERP && len < sizeof(ret->loader)) {
		got = pread(fd, ret->loader, len, (off_t)segment->p_offset);
		ret->loader[got > 0 ? got : 0] = '\0';
	} else if (segment->p_type == PT_NOTE) {
		got = pread(fd, notes, len < sizeof(notes) ? len : sizeof(notes),
			(off_t)segment->p_offset);
		ret->is_go |= got > 0 && has_go_note(notes, (size_t)got);
	}
}

/* A program of another class is not looked into any further: that says enough. */
static void read_elf(int fd, const ElfW(Ehdr) * header, struct program *ret)
{
	static const unsigned char our_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

	ret->is_elf = true;
	ret->class = header->e_ident[EI_CLASS];
	ret->machine = header->e_machine; /* at the same place in both classes */
	if (ret->class != our_class || header->e_phentsize != sizeof(ElfW(Phdr)))
		return;
	for (unsigned int i = 0; i < header->e_phnum && i < SEGMENTS_MAX; i++) {
		ElfW(Phdr) segment;
		off_t at = (off_t)(header->e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) == (ssize_t)sizeof(segment))
			read_segment(fd, &segment, ret);
	}
}

/* Takes the interpreter out of a script's first line; false if there is none. */
static bool read_interpreter(char *line, char ret[PATH_MAX])
{
	size_t len;

	if (strncmp(line, "#!", 2) != 0)
		return false;
	line += 2 + strspn(line + 2, " \t");
	len = strcspn(line, " \t\n");
	if (len == 0 || len >= PATH_MAX)
		return false;
	memcpy(ret, line, len);
	ret[len] = '\0';
	return true;
}

/* Reads the program in path or, if that is a script, its interpreter: path is then that one's.
 * False if it cannot be read, or is neither. */
static bool read_program(char path[PATH_MAX], struct program *ret)
{
	for (int scripts = 0; scripts <= SCRIPTS_MAX; scripts++) {
		union {
			char text[256];
			ElfW(Ehdr) elf;
		} head;
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t got;

		if (fd < 0)
			return false;
		*ret = (struct program){.is_elf = false};
		memset(&head, 0, sizeof(head));
		got = read(fd, &head, sizeof(head) - 1);
		if (got >= (ssize_t)sizeof(head.elf) &&
			memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0)
			read_elf(fd, &head.elf, ret);
		close(fd);
		if (ret->is_elf)
			return true;
		if (!read_interpreter(head.text, path))
			return false;
	}
	return false;
}

/* The loader ignores an LD_PRELOAD with a path where the kernel says that privileges are gained
 * (AT_SECURE in getauxval(3)). */
static bool gains_privileges(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return false;
	if ((file.st_mode & S_ISUID && file.st_uid != geteuid()) ||
		(file.st_mode & S_ISGID && file.st_gid != getegid()))
		return true;
	return geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Why no preload reaches this program; NULL if nothing is in the way. We are what the library is.
 */
static const char *find_obstacle(const char *path, const struct program *program)
{
	char self_path[PATH_MAX] = "/proc/self/exe";
	struct program self;

	if (gains_privileges(path))
		return "it gains privileges as it starts (set-user-ID, set-group-ID or file "
		       "capabilities), and the loader ignores the library then";
	if (!read_program(self_path, &self))
		return NULL;
	if (program->class != self.class || program->machine != self.machine)
		return "it is built for another kind of machine, or another word size, than the "
		       "library";
	if (program->is_go)
		return "it is written in Go, which makes its system calls itself";
	if (program->loader[0] == '\0')
		return "it is linked statically";
	if (strcmp(file_name(program->loader), file_name(self.loader)) != 0)
		return "it is built for another C library than the library";
	return NULL;
}

int main(int argc, char *argv[])
{
	char path[PATH_MAX];
	struct program program;
	const char *obstacle;

	if (argc != 2 || strlen(argv[1]) >= sizeof(path)) {
		fprintf(stderr, "usage: bindright-reach COMMAND\n");
		return 2;
	}
	strcpy(path, argv[1]);
	if (!read_program(path, &program))
		return 0;
	obstacle = find_obstacle(path, &program);
	if (obstacle == NULL)
		return 0;
	/* The log is the command's, not ours. */
	program_invocation_short_name = (char *)file_name(argv[1]);
	if (env_settings()->is_on)
		log_line(LOG_LEVEL_WARN, "the library cannot act in '%s': %s", path, obstacle);
	return 1;
}
