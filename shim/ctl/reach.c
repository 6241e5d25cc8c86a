/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads executable files: enough of ELF and of scripts to tell whether a preload can act in them.
 * Never executes a file, and trusts nothing in it.
 */
#include "ctl/reach.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64, NOTES_MAX = 4096 };

/* The properties of an executable file that decide whether the library can act in it. */
struct program {
	bool is_elf;
	unsigned char class; /* ELFCLASS32 or ELFCLASS64 */
	unsigned short machine;
	char loader[PATH_MAX]; /* PT_INTERP, or "" */
	bool is_go;
};

/* Looks for Go's build ID, which cmd/link writes into every program. */
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

/* Stops at the header of a program of another class: the class alone is an obstacle. */
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

/* Extracts the interpreter from a script's first line. Returns false if it names none. */
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

/* Reads one file. Sets interpreter to what the first line of a script names, else to "". Returns
 * false if the file cannot be read, or is neither a program nor names an interpreter. */
static bool read_file(const char *path, struct program *ret, char interpreter[PATH_MAX])
{
	union {
		char text[256];
		ElfW(Ehdr) elf;
	} head;
	/* O_NONBLOCK, because the path may be an executable fifo. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got;

	*interpreter = '\0';
	if (fd < 0)
		return false;
	*ret = (struct program){.is_elf = false};
	memset(&head, 0, sizeof(head));
	got = read(fd, &head, sizeof(head) - 1);
	if (got >= (ssize_t)sizeof(head.elf) && memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0)
		read_elf(fd, &head.elf, ret);
	close(fd);
	return ret->is_elf || read_interpreter(head.text, interpreter);
}

/* Reads the program at path; if that is a script, follows its interpreters and sets path to the
 * last. Returns false if a file on the way cannot be read or is neither. */
static bool read_program(char path[PATH_MAX], struct program *ret)
{
	char interpreter[PATH_MAX];

	for (int scripts = 0; scripts <= REACH_SCRIPTS_MAX; scripts++) {
		if (!read_file(path, ret, interpreter))
			return false;
		if (ret->is_elf)
			return true;
		strcpy(path, interpreter);
	}
	return false;
}

bool reach_find_interpreter(const char *path, char ret[PATH_MAX])
{
	struct program program;

	if (!read_file(path, &program, ret))
		return false;
	if (program.is_elf)
		strcpy(ret, program.loader);
	return *ret != '\0';
}

/* ld.so(8) ignores paths in LD_PRELOAD if the program gains privileges (AT_SECURE, getauxval(3)).
 */
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

/* Reads this program's own file, which has the machine, word size and C library of the library.
 * Returns false if /proc is not mounted. */
static bool read_self(struct program *ret)
{
	char path[PATH_MAX] = "/proc/self/exe";

	return read_program(path, ret);
}

static enum obstacle find_obstacle(const char *path, const struct program *program)
{
	struct program self;

	if (gains_privileges(path))
		return OBSTACLE_PRIVILEGES;
	if (!read_self(&self))
		return OBSTACLE_NONE;
	if (program->class != self.class || program->machine != self.machine)
		return OBSTACLE_MACHINE;
	if (program->is_go)
		return OBSTACLE_GO;
	if (program->loader[0] == '\0')
		return OBSTACLE_STATIC;
	if (strcmp(file_name(program->loader), file_name(self.loader)) != 0)
		return OBSTACLE_LIBC;
	return OBSTACLE_NONE;
}

void reach_judge(const char *path, struct reach *ret)
{
	struct program program;

	ret->obstacle = OBSTACLE_NONE;
	strcpy(ret->path, path);
	ret->is_known = read_program(ret->path, &program);
	if (ret->is_known)
		ret->obstacle = find_obstacle(ret->path, &program);
}

bool reach_is_for_this_machine(const char *path)
{
	char interpreter[PATH_MAX];
	struct program program, self;

	return read_file(path, &program, interpreter) && program.is_elf &&
	       (!read_self(&self) ||
		       (program.class == self.class && program.machine == self.machine));
}

const char *reach_explain(enum obstacle obstacle)
{
	switch (obstacle) {
	case OBSTACLE_PRIVILEGES:
		return "it gains privileges when it starts (set-user-ID, set-group-ID or file "
		       "capabilities), so the loader ignores the library";
	case OBSTACLE_MACHINE:
		return "it is built for another machine or word size than the library";
	case OBSTACLE_GO:
		return "it is written in Go, which makes system calls without the C library";
	case OBSTACLE_STATIC:
		return "it is statically linked";
	case OBSTACLE_LIBC:
		return "it is built for another C library";
	case OBSTACLE_NONE:
		break;
	}
	return "nothing is in the way";
}
