/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the format of the tables see the gABI (DT_SYMTAB, DT_STRTAB) and glibc's elf/dl-lookup.c
 * (DT_GNU_HASH). */
#include "libc/symbols.h"

#include "libc/libc.h"

#include <dlfcn.h>
#include <stddef.h>

#ifdef __GLIBC__

/* The loader turns values of the dynamic section into addresses, but not on every machine. */
static ElfW(Addr) section(const struct link_map *library, ElfW(Sxword) tag)
{
	for (const ElfW(Dyn) *at = library->l_ld; at->d_tag != DT_NULL; at++)
		if ((ElfW(Sxword))at->d_tag == tag)
			return at->d_un.d_ptr < library->l_addr ? at->d_un.d_ptr + library->l_addr
								: at->d_un.d_ptr;
	return 0;
}

bool symbols_of_libc(struct symbols *ret)
{
	struct link_map *library;
	Dl_info info;

	if (!libc_is_ours() || dladdr1((void *)gnu_get_libc_version, &info, (void **)&library,
				       RTLD_DL_LINKMAP) == 0)
		return false;
	*ret = (struct symbols){
		.library = library,
		.header = info.dli_fbase,
		.table = (ElfW(Sym) *)section(library, DT_SYMTAB),
		.strings = (const char *)section(library, DT_STRTAB),
		.hash = (const uint32_t *)section(library, DT_GNU_HASH),
	};
	return ret->table != NULL && ret->strings != NULL && ret->hash != NULL;
}

#else

bool symbols_of_libc(struct symbols *ret)
{
	(void)ret;
	return false;
}

#endif

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* Not by strcmp: AddressSanitizer's calls a null pointer until it has started, and on i386 it
 * starts by calling syscall(), whose next definition is looked up here. */
static bool is_same_name(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

ElfW(Sym) * symbols_find(const struct symbols *symbols, const char *name, const ElfW(Sym) * after)
{
	uint32_t buckets = symbols->hash[0], first = symbols->hash[1], bloom_len = symbols->hash[2];
	const uint32_t *bucket =
		symbols->hash + 4 + (size_t)bloom_len * (sizeof(ElfW(Addr)) / sizeof(*bucket));
	uint32_t hash = hash_name(name);
	uint32_t i = buckets > 0 ? bucket[hash % buckets] : 0;
	uint32_t word;

	if (i < first)
		return NULL;
	do {
		ElfW(Sym) *symbol = symbols->table + i;

		word = bucket[buckets + i - first];
		if ((word | 1) == (hash | 1) && symbol->st_shndx != SHN_UNDEF &&
			(after == NULL || symbol > after) &&
			is_same_name(symbols->strings + symbol->st_name, name))
			return symbol;
		i++;
	} while ((word & 1) == 0);
	return NULL;
}

void *symbols_libc_address(const char *name)
{
	const ElfW(Sym) * symbol;
	struct symbols symbols;

	if (!symbols_of_libc(&symbols))
		return NULL;
	symbol = symbols_find(&symbols, name, NULL);
	return symbol != NULL ? (void *)(symbols.library->l_addr + symbol->st_value) : NULL;
}
