/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/elf_file.h"

#include <string.h>
#include <unistd.h>

enum { NOTES_MAX = 4096, SECTIONS_MAX = 4096 };

static bool read_at(int fd, void *ret, size_t len, ElfW(Off) at)
{
	return pread(fd, ret, len, (off_t)at) == (ssize_t)len;
}

/* Reads a segment of a 32-bit file. */
static bool read_narrow_segment(int fd, ElfW(Phdr) * ret, ElfW(Off) at)
{
	Elf32_Phdr narrow;

	if (!read_at(fd, &narrow, sizeof(narrow), at))
		return false;
	*ret = (ElfW(Phdr)){.p_type = narrow.p_type,
		.p_offset = narrow.p_offset,
		.p_vaddr = narrow.p_vaddr,
		.p_filesz = narrow.p_filesz};
	return true;
}

static void read_narrow_segments(struct elf_file *file)
{
	Elf32_Ehdr header;

	memcpy(&header, &file->header, sizeof(header));
	if (header.e_phentsize != sizeof(Elf32_Phdr))
		return;
	for (unsigned int i = 0; i < header.e_phnum && i < ELF_SEGMENTS_MAX; i++) {
		if (!read_narrow_segment(
			    file->fd, &file->segments[i], header.e_phoff + i * sizeof(Elf32_Phdr)))
			return;
		file->segment_count++;
	}
}

static void read_segments(struct elf_file *file)
{
	const ElfW(Ehdr) *header = &file->header;

	if (header->e_phentsize != sizeof(ElfW(Phdr)))
		return;
	for (unsigned int i = 0; i < header->e_phnum && i < ELF_SEGMENTS_MAX; i++) {
		if (!read_at(file->fd, &file->segments[i], sizeof(ElfW(Phdr)),
			    header->e_phoff + i * sizeof(ElfW(Phdr))))
			return;
		file->segment_count++;
	}
}

bool elf_read(int fd, struct elf_file *ret)
{
	static const unsigned char our_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

	memset(ret, 0, sizeof(*ret));
	ret->fd = fd;
	/* The smaller header is enough to tell; a file may be no larger. */
	if (pread(fd, &ret->header, sizeof(ret->header), 0) < (ssize_t)sizeof(Elf32_Ehdr) ||
		memcmp(ret->header.e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	ret->class = ret->header.e_ident[EI_CLASS];
	ret->type = ret->header.e_type; /* these two are at the same place in both classes */
	ret->machine = ret->header.e_machine;
	ret->is_native = ret->class == our_class;
	if (ret->is_native)
		read_segments(ret);
	else if (ret->class == ELFCLASS32)
		read_narrow_segments(ret);
	return true;
}

const ElfW(Phdr) * elf_find_segment(const struct elf_file *file, unsigned int type)
{
	for (unsigned int i = 0; i < file->segment_count; i++)
		if (file->segments[i].p_type == type)
			return &file->segments[i];
	return NULL;
}

bool elf_read_address(const struct elf_file *file, ElfW(Addr) address, void *ret, size_t len)
{
	for (unsigned int i = 0; i < file->segment_count; i++) {
		const ElfW(Phdr) *segment = &file->segments[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
			address - segment->p_vaddr < segment->p_filesz &&
			len <= segment->p_filesz - (address - segment->p_vaddr))
			return read_at(file->fd, ret, len,
				segment->p_offset + (address - segment->p_vaddr));
	}
	return false;
}

void elf_find_loader(const struct elf_file *file, char ret[PATH_MAX])
{
	const ElfW(Phdr) *segment = elf_find_segment(file, PT_INTERP);

	memset(ret, 0, PATH_MAX);
	if (segment != NULL && segment->p_filesz < PATH_MAX &&
		!read_at(file->fd, ret, segment->p_filesz, segment->p_offset))
		*ret = '\0';
}

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

bool elf_is_go(const struct elf_file *file)
{
	char notes[NOTES_MAX];

	for (unsigned int i = 0; i < file->segment_count; i++) {
		const ElfW(Phdr) *segment = &file->segments[i];
		size_t len = segment->p_filesz < sizeof(notes) ? segment->p_filesz : sizeof(notes);

		if (segment->p_type == PT_NOTE &&
			read_at(file->fd, notes, len, segment->p_offset) && has_go_note(notes, len))
			return true;
	}
	return false;
}

static bool read_section(const struct elf_file *file, unsigned int number, ElfW(Shdr) * ret)
{
	return file->is_native && file->header.e_shentsize == sizeof(*ret) &&
	       number < file->header.e_shnum &&
	       read_at(file->fd, ret, sizeof(*ret), file->header.e_shoff + number * sizeof(*ret));
}

bool elf_find_section(const struct elf_file *file, unsigned int type, ElfW(Shdr) * ret)
{
	for (unsigned int i = 0; i < SECTIONS_MAX && read_section(file, i, ret); i++)
		if (ret->sh_type == type)
			return true;
	return false;
}

bool elf_is_pascal(const struct elf_file *file)
{
	static const char wanted[] = ".fpcdata";
	ElfW(Shdr) names, section;
	char name[sizeof(wanted)];

	if (!read_section(file, file->header.e_shstrndx, &names))
		return false;
	for (unsigned int i = 0; i < SECTIONS_MAX && read_section(file, i, &section); i++)
		if (section.sh_name < names.sh_size &&
			read_at(file->fd, name, sizeof(name), names.sh_offset + section.sh_name) &&
			memcmp(name, wanted, sizeof(wanted)) == 0)
			return true;
	return false;
}
