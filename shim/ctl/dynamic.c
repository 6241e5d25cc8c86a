/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/dynamic.h"

#include "ctl/list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In bytes but for the entries, and well above the largest libraries, such as libLLVM. */
enum { ENTRIES_MAX = 4096, STRINGS_MAX = 64 << 20, SYMBOLS_MAX = 64 << 20 };

static bool read_entries(const struct elf_file *file, struct dynamic *ret)
{
	const ElfW(Phdr) *segment = elf_find_segment(file, PT_DYNAMIC);
	size_t size;

	if (segment == NULL)
		return false;
	ret->entry_count = segment->p_filesz / sizeof(ElfW(Dyn));
	if (ret->entry_count == 0 || ret->entry_count > ENTRIES_MAX)
		return false;
	size = ret->entry_count * sizeof(ElfW(Dyn));
	ret->entries = or_fail(malloc(size));
	return pread(file->fd, ret->entries, size, (off_t)segment->p_offset) == (ssize_t)size;
}

static bool read_strings(const struct elf_file *file, struct dynamic *ret)
{
	ElfW(Addr) address, size;

	if (!dynamic_find(ret, DT_STRTAB, &address) || !dynamic_find(ret, DT_STRSZ, &size) ||
		size == 0 || size > STRINGS_MAX)
		return false;
	ret->strings = or_fail(malloc(size));
	ret->strings_size = size;
	if (!elf_read_address(file, address, ret->strings, size))
		return false;
	ret->strings[size - 1] = '\0';
	return true;
}

/* The dynamic section does not tell the number of symbols, so this takes the section headers, which
 * strip(1) leaves there. */
static void read_symbols(const struct elf_file *file, struct dynamic *ret)
{
	ElfW(Shdr) section;

	if (!elf_find_section(file, SHT_DYNSYM, &section) || section.sh_size > SYMBOLS_MAX)
		return;
	ret->symbols = or_fail(malloc(section.sh_size + 1));
	if (pread(file->fd, ret->symbols, section.sh_size, (off_t)section.sh_offset) ==
		(ssize_t)section.sh_size)
		ret->symbol_count = section.sh_size / sizeof(ElfW(Sym));
}

bool dynamic_read(const struct elf_file *file, struct dynamic *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!file->is_native || !read_entries(file, ret) || !read_strings(file, ret)) {
		dynamic_free(ret);
		return false;
	}
	read_symbols(file, ret);
	return true;
}

void dynamic_free(struct dynamic *dynamic)
{
	free(dynamic->entries);
	free(dynamic->strings);
	free(dynamic->symbols);
	memset(dynamic, 0, sizeof(*dynamic));
}

static const ElfW(Dyn) * next_entry(const struct dynamic *dynamic, long tag, size_t *at)
{
	while (*at < dynamic->entry_count && dynamic->entries[*at].d_tag != DT_NULL) {
		const ElfW(Dyn) *entry = &dynamic->entries[(*at)++];

		if (entry->d_tag == tag)
			return entry;
	}
	return NULL;
}

bool dynamic_find(const struct dynamic *dynamic, long tag, ElfW(Addr) * ret)
{
	size_t at = 0;
	const ElfW(Dyn) *entry = next_entry(dynamic, tag, &at);

	if (entry == NULL)
		return false;
	*ret = entry->d_un.d_ptr;
	return true;
}

const char *dynamic_next(const struct dynamic *dynamic, long tag, size_t *at)
{
	const ElfW(Dyn) *entry = next_entry(dynamic, tag, at);

	if (entry == NULL || entry->d_un.d_val >= dynamic->strings_size)
		return NULL;
	return dynamic->strings + entry->d_un.d_val;
}

static bool matches(const char *pattern, const char *name)
{
	const size_t len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(pattern, name, len - 1) == 0;
	return strcmp(pattern, name) == 0;
}

bool dynamic_imports(const struct dynamic *dynamic, const char *const names[])
{
	for (size_t i = 0; i < dynamic->symbol_count; i++) {
		const ElfW(Sym) *symbol = &dynamic->symbols[i];

		if (symbol->st_shndx != SHN_UNDEF || symbol->st_name >= dynamic->strings_size)
			continue;
		for (size_t n = 0; names[n] != NULL; n++)
			if (matches(names[n], dynamic->strings + symbol->st_name))
				return true;
	}
	return false;
}
