/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RTLD_DEEPBIND: a module that a program loads so (PHP loads its extensions so) looks for a name in
 * the libraries that it needs itself before it looks among the program's, and so finds libc's
 * definitions instead of ours.
 */
#ifndef RUNTIME_REDIRECT_H
#define RUNTIME_REDIRECT_H

/*
 * Redirects the names of our calls in libc's own symbol table to our definitions, once and for
 * good. Where that is impossible (musl, a table that is not where glibc has it, a program that has
 * its calls from libpthread, before glibc 2.34) everything stays as it was. Keeps errno.
 */
void redirect_libc_symbols(void);

#endif
