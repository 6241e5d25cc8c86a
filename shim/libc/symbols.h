/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glibc's symbol table, read where the loader has it. Use dlsym for everything else. dlsym honours
 * other preload libraries, and before glibc 2.34 it allocates memory for its thread. */
#ifndef LIBC_SYMBOLS_H
#define LIBC_SYMBOLS_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

/* A library's symbol table and its hash table of names (DT_GNU_HASH). */
struct symbols {
	const struct link_map *library;
	const ElfW(Ehdr) * header;
	ElfW(Sym) * table;
	const char *strings;
	const uint32_t *hash;
};

/* Finds libc's table, without allocating memory. False if this is not glibc, or its tables differ
 * from glibc's known layout. */
bool symbols_of_libc(struct symbols *ret);

/* The first symbol of this name that the library defines or, if `after` is not NULL, the next one
 * after it; NULL if there is none. A name has one symbol for each version in which the library has
 * it. */
ElfW(Sym) * symbols_find(const struct symbols *symbols, const char *name, const ElfW(Sym) * after);

/* libc's own address for this name, whatever preload libraries there are. NULL if symbols_of_libc
 * returns false or libc lacks the name. Allocates no memory, so malloc itself may be the caller. */
void *symbols_libc_address(const char *name);

#endif
