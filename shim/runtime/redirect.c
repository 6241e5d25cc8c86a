/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program asked for RTLD_DEEPBIND and gets it: without it, a module could find the wrong
 * definitions of names unrelated to this library. Only the result of a look-up of our names in
 * libc's symbol table changes. The definitions after ours are looked up before that.
 *
 * All names are redirected, or none: a module whose sockets were watched through one of our calls,
 * but which receives by one of libc's, would see our PKTINFO messages. None is redirected if
 * another preload library after us defines one of them: it looks the next definition up in libc's
 * table and would get ours.
 */
#include "runtime/redirect.h"

#include "libc/next.h"
#include "libc/symbols.h"
#include "runtime/impl.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whether the table lies in a segment mapped read-only, which can be made writable for a moment
 * without side effects. */
static bool is_read_only(const struct symbols *table)
{
	const char *base = (const char *)table->header;
	ElfW(Addr) at = (ElfW(Addr))table->table - table->library->l_addr;

	for (int i = 0; i < table->header->e_phnum; i++) {
		const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(base + table->header->e_phoff) + i;

		if (segment->p_type == PT_LOAD && at - segment->p_vaddr < segment->p_memsz)
			return segment->p_flags == PF_R;
	}
	return false;
}

/* Entries of libc's table, and the definition each is redirected to. A name has one entry for each
 * version in which libc has it. */
enum { REDIRECTS_MAX = 3 * NEXT_CALLS };
struct redirects {
	int count;
	struct {
		ElfW(Sym) * symbol;
		const void *to;
	} list[REDIRECTS_MAX];
};

/* Adds libc's entries of this name that have this definition; false if there are none. */
static bool add_redirects(struct redirects *redirects, const struct symbols *libc, const char *name,
	const void *definition, const void *to)
{
	int before = redirects->count;

	for (ElfW(Sym) *symbol = NULL; (symbol = symbols_find(libc, name, symbol)) != NULL;) {
		if (libc->library->l_addr + symbol->st_value != (ElfW(Addr))definition)
			continue;
		if (redirects->count == REDIRECTS_MAX)
			return false;
		redirects->list[redirects->count].symbol = symbol;
		redirects->list[redirects->count++].to = to;
	}
	return redirects->count > before;
}

/* Changes the protection of all entries at once: it works for all or for none. */
static void apply(const struct redirects *redirects, const struct symbols *table)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = UINTPTR_MAX, end = 0;

	for (int i = 0; i < redirects->count; i++) {
		uintptr_t at = (uintptr_t)redirects->list[i].symbol;

		first = at < first ? at : first;
		end = at >= end ? at + sizeof(ElfW(Sym)) : end;
	}
	if (redirects->count == 0)
		return;
	first -= first % page;
	if (!sandbox_allows(SYS_mprotect, IMPL_ARGS((long)first, (long)(end - first), PROT_READ)) ||
		IMPL_SYSCALL(SYS_mprotect, (long)first, (long)(end - first),
			PROT_READ | PROT_WRITE) != 0)
		return;
	/* A thread that looks a name up meanwhile finds either definition. */
	for (int i = 0; i < redirects->count; i++)
		*(volatile ElfW(Addr) *)&redirects->list[i].symbol->st_value =
			(ElfW(Addr))redirects->list[i].to - table->library->l_addr;
	IMPL_SYSCALL(SYS_mprotect, (long)first, (long)(end - first), PROT_READ);
}

/* Whether the definition is this library's, not that of another preload library before us. */
static bool is_ours(const void *definition)
{
	Dl_info info, us;

	return definition != NULL && dladdr(definition, &info) != 0 &&
	       dladdr((void *)redirect_libc_symbols, &us) != 0 && info.dli_fbase == us.dli_fbase;
}

/* Adds one call. False if it rules out redirecting any. */
static bool add_call(struct redirects *redirects, const struct symbols *libc, enum next call)
{
	const void *own = next_ahead(call);
	const void *definition = next_definition(call);

	/* No library after us defines it, so no module can find it there. */
	if (is_ours(definition))
		return true;
	/* Before glibc 2.34, libc did not contain dlopen. */
	if (!add_redirects(redirects, libc, next_name(call), definition, own))
		return call == NEXT_DLOPEN;
	return is_ours(own);
}

static void redirect_all(void)
{
	struct redirects redirects = {.count = 0};
	struct symbols libc;

	if (!symbols_of_libc(&libc) || !is_read_only(&libc))
		return;
	/* Finds the definitions that no call has needed yet. */
	next_find_all();
	for (int call = NEXT_EXPORTED; call < NEXT_CALLS; call++)
		if (!add_call(&redirects, &libc, (enum next)call))
			return;
	apply(&redirects, &libc);
}

void redirect_libc_symbols(void)
{
	static atomic_flag done = ATOMIC_FLAG_INIT;
	int saved_errno = errno;

	if (!atomic_flag_test_and_set(&done))
		redirect_all();
	errno = saved_errno;
}
