/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTLD_DEEPBIND: a module loaded with it (PHP loads its extensions this way) looks a name up in the
 * libraries that it needs itself before the program's, so it finds libc's definitions instead of
 * ours. */
#ifndef RUNTIME_REDIRECT_H
#define RUNTIME_REDIRECT_H

/* Redirects the names of our calls in libc's own symbol table to our definitions, once and for
 * good. Changes nothing if that is impossible: on musl, if the table is not where glibc has it, or
 * if the program's calls come from libpthread (before glibc 2.34). Keeps errno. */
void redirect_libc_symbols(void);

#endif
