/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * glibc's table of symbols, read where the loader has it. dlsym is for everything else: it honours
 * other preload libraries, and takes memory for its thread before glibc 2.34.
 */
#ifndef LIBC_SYMBOLS_H
#define LIBC_SYMBOLS_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

/* A library's table of symbols, and the hash by which names are found in it (DT_GNU_HASH). */
struct symbols {
	const struct link_map *library;
	const ElfW(Ehdr) * header;
	ElfW(Sym) * table;
	const char *strings;
	const uint32_t *hash;
};

/* libc's, in which no memory is taken. False where it is not glibc, or not as glibc has it. */
bool symbols_of_libc(struct symbols *ret);

/*
 * The first symbol of this name that the library defines, or the next one behind `behind`; NULL if
 * there is none. A name has one for each version in which the library has it.
 */
ElfW(Sym) * symbols_find(const struct symbols *symbols, const char *name, const ElfW(Sym) * behind);

/* The address that libc itself has for this name, whatever preload libraries there are; NULL where
 * symbols_of_libc is false, or libc has none. Takes no memory, so malloc itself may be the caller.
 */
void *symbols_libc_address(const char *name);

#endif
