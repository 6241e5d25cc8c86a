/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two ways past us. Modules that a program loads with RTLD_DEEPBIND (PHP's extensions) look for a
 * name among the libraries that they need themselves before they look among the program's, and so
 * find libc's definitions instead of ours. And a program may load libc itself, to ask that for its
 * definitions (foreign function interfaces: Python's ctypes, JNA).
 */
#ifndef RUNTIME_DEEPBIND_H
#define RUNTIME_DEEPBIND_H

/*
 * To be called before a dlopen of file, with this mode. Before the first one of these two kinds the
 * names of our calls in libc's own table of symbols are led to our definitions, once and for good.
 * Where that cannot be done (musl, a table that is not where glibc has it,
 * a program that has its calls from libpthread, before glibc 2.34) all stays as it was.
 * errno is left as it was.
 */
void deepbind_prepare(const char *file, int mode);

#endif
