/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads ELF files by pread(2), so that a file that shrinks meanwhile does no harm. All offsets and
 * lengths in a file are untrusted. Files of another word size than this program's have no
 * sections here, and only 32-bit ones have segments.
 */
#ifndef CTL_ELF_FILE_H
#define CTL_ELF_FILE_H

#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* Real programs have about 13 segments. */
enum { ELF_SEGMENTS_MAX = 64 };

struct elf_file {
	int fd;
	bool is_native;		/* of this program's word size */
	unsigned char class;	/* ELFCLASS32 or ELFCLASS64 */
	unsigned short type;	/* ET_EXEC, ET_DYN, ... */
	unsigned short machine; /* EM_X86_64, ... */
	ElfW(Ehdr) header;
	ElfW(Phdr) segments[ELF_SEGMENTS_MAX];
	unsigned int segment_count;
};

/* Reads the headers of the ELF file open at fd, which stays the caller's and must stay open while
 * ret is in use. Returns false if it is not an ELF file. */
bool elf_read(int fd, struct elf_file *ret);

/* Returns the first segment of this type, such as PT_DYNAMIC, or NULL. */
const ElfW(Phdr) * elf_find_segment(const struct elf_file *file, unsigned int type);

/* Reads len bytes at a virtual address into ret. Returns false if not all are in the file. */
bool elf_read_address(const struct elf_file *file, ElfW(Addr) address, void *ret, size_t len);

/* Sets ret to the loader that the program names (PT_INTERP), or to "". */
void elf_find_loader(const struct elf_file *file, char ret[PATH_MAX]);

/* Returns whether the file has Go's build ID, which cmd/link writes into every program. */
bool elf_is_go(const struct elf_file *file);

/* Sets ret to the first section header of this type, such as SHT_DYNSYM. Returns false if there is
 * none. */
bool elf_find_section(const struct elf_file *file, unsigned int type, ElfW(Shdr) * ret);

/* Returns whether the file has the section .fpcdata, which Free Pascal puts into every program, and
 * strip(1) leaves there. */
bool elf_is_pascal(const struct elf_file *file);

#endif
