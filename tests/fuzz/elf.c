/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ELF files as the tools read them, to judge a program before it starts: all offsets and lengths in
 * them are untrusted. The input is the file. Each text that is found ends, within the file's.
 */
#include "ctl/dynamic.h"
#include "ctl/elf_file.h"

#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a seed is put together from, and where it stands in the file. */
struct image {
	ElfW(Ehdr) header;
	ElfW(Phdr) segments[4];
	ElfW(Dyn) dynamic[5];
	ElfW(Sym) symbols[2];
	char strings[32], loader[32], section_names[16];
	struct {
		ElfW(Nhdr) header;
		char name[4], id[8];
	} note;
	ElfW(Shdr) sections[3];
};
_Static_assert(sizeof(struct image) <= FUZZ_INPUT_MAX, "an image is a seed");

static void make_segments(struct image *image)
{
	image->segments[0] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_filesz = sizeof(*image)};
	image->segments[1] = (ElfW(Phdr)){.p_type = PT_DYNAMIC,
		.p_offset = offsetof(struct image, dynamic),
		.p_filesz = sizeof(image->dynamic)};
	image->segments[2] = (ElfW(Phdr)){.p_type = PT_INTERP,
		.p_offset = offsetof(struct image, loader),
		.p_filesz = sizeof(image->loader)};
	image->segments[3] = (ElfW(Phdr)){.p_type = PT_NOTE,
		.p_offset = offsetof(struct image, note),
		.p_filesz = sizeof(image->note)};
}

static void make_dynamic(struct image *image)
{
	static const char strings[] = "\0libc.so.6\0recvfrom\0bind";

	memcpy(image->strings, strings, sizeof(strings));
	image->dynamic[0].d_tag = DT_NEEDED;
	image->dynamic[0].d_un.d_val = 1;
	image->dynamic[1].d_tag = DT_STRTAB;
	image->dynamic[1].d_un.d_ptr = offsetof(struct image, strings);
	image->dynamic[2].d_tag = DT_STRSZ;
	image->dynamic[2].d_un.d_val = sizeof(image->strings);
	image->dynamic[3].d_tag = DT_RUNPATH;
	image->dynamic[3].d_un.d_val = 11;
	image->symbols[1].st_name = 11;
}

static void make_sections(struct image *image)
{
	strcpy(image->section_names, ".fpcdata");
	image->sections[0] = (ElfW(Shdr)){.sh_type = SHT_STRTAB,
		.sh_offset = offsetof(struct image, section_names),
		.sh_size = sizeof(image->section_names)};
	image->sections[1] = (ElfW(Shdr)){.sh_type = SHT_DYNSYM,
		.sh_offset = offsetof(struct image, symbols),
		.sh_size = sizeof(image->symbols)};
}

static void make_header(struct image *image, unsigned char class)
{
	memcpy(image->header.e_ident, ELFMAG, SELFMAG);
	image->header.e_ident[EI_CLASS] = class;
	image->header.e_type = ET_DYN;
	image->header.e_phoff = offsetof(struct image, segments);
	image->header.e_phentsize = sizeof(ElfW(Phdr));
	image->header.e_phnum = 4;
	image->header.e_shoff = offsetof(struct image, sections);
	image->header.e_shentsize = sizeof(ElfW(Shdr));
	image->header.e_shnum = 3;
}

static size_t seed_narrow(uint8_t *data)
{
	Elf32_Ehdr header = {
		.e_phoff = sizeof(header), .e_phentsize = sizeof(Elf32_Phdr), .e_phnum = 1};
	const Elf32_Phdr loader = {
		.p_type = PT_INTERP, .p_offset = sizeof(header) + sizeof(loader), .p_filesz = 4};

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS32;
	memcpy(data, &header, sizeof(header));
	memcpy(data + sizeof(header), &loader, sizeof(loader));
	memcpy(data + sizeof(header) + sizeof(loader), "/ld", 4);
	return sizeof(header) + sizeof(loader) + 4;
}

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	struct image image = {.loader = "/lib64/ld-linux-x86-64.so.2",
		.note = {{.n_namesz = 4, .n_descsz = 8, .n_type = 4}, "Go", "id"}};

	if (index == 1)
		return seed_narrow(data);
	if (index > 1)
		return 0;
	make_header(&image, sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
	make_segments(&image);
	make_dynamic(&image);
	make_sections(&image);
	memcpy(data, &image, sizeof(image));
	return sizeof(image);
}

static void check_texts(const struct dynamic *dynamic, long tag)
{
	const char *text, *end = dynamic->strings + dynamic->strings_size;
	size_t at = 0, before = 0;

	while ((text = dynamic_next(dynamic, tag, &at)) != NULL) {
		FUZZ_CHECK(text >= dynamic->strings && text < end);
		FUZZ_CHECK(strlen(text) < (size_t)(end - text));
		FUZZ_CHECK(at > before && at <= dynamic->entry_count);
		before = at;
	}
}

static void check_dynamic(const struct elf_file *file)
{
	static const char *const names[] = {"recvfrom", "bind*", NULL};
	struct dynamic dynamic;
	ElfW(Addr) value;

	if (!dynamic_read(file, &dynamic))
		return;
	check_texts(&dynamic, DT_NEEDED);
	check_texts(&dynamic, DT_RUNPATH);
	dynamic_find(&dynamic, DT_FLAGS_1, &value);
	dynamic_imports(&dynamic, names);
	dynamic_free(&dynamic);
}

/* One file for all inputs; to make one costs more than to read it. */
static int write_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("elf", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
	FUZZ_CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct elf_file file;
	char loader[PATH_MAX];
	unsigned char bytes[16];

	if (!elf_read(write_file(data, size), &file))
		return 0;
	FUZZ_CHECK(file.segment_count <= ELF_SEGMENTS_MAX);
	elf_find_loader(&file, loader);
	FUZZ_CHECK(strnlen(loader, sizeof(loader)) < sizeof(loader));
	elf_read_address(&file, file.segments[0].p_vaddr, bytes, sizeof(bytes));
	elf_is_go(&file);
	elf_is_pascal(&file);
	check_dynamic(&file);
	return 0;
}
