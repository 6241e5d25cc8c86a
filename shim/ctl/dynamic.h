/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dynamic section of an ELF file: what the loader reads. */
#ifndef CTL_DYNAMIC_H
#define CTL_DYNAMIC_H

#include "ctl/elf_file.h"

#include <stdbool.h>
#include <stddef.h>

struct dynamic {
	ElfW(Dyn) * entries;
	size_t entry_count;
	char *strings; /* ends with a NUL */
	size_t strings_size;
	ElfW(Sym) * symbols;
	size_t symbol_count; /* 0 if they cannot be read */
};

/* Reads the section. Returns false if there is none, or it is malformed or of an unreasonable size.
 * Otherwise dynamic_free must follow. */
bool dynamic_read(const struct elf_file *file, struct dynamic *ret);
void dynamic_free(struct dynamic *dynamic);

/* Returns the string of the entry with this tag, such as DT_NEEDED, the first from *at on, and sets
 * *at to where to go on; NULL if there is none. */
const char *dynamic_next(const struct dynamic *dynamic, long tag, size_t *at);

/* Returns whether there is an entry with this tag, and sets *ret to its value. */
bool dynamic_find(const struct dynamic *dynamic, long tag, ElfW(Addr) * ret);

/* Returns whether one of the names, of which NULL is the last, is imported. A name that ends in '*'
 * stands for all that begin so. */
bool dynamic_imports(const struct dynamic *dynamic, const char *const names[]);

#endif
