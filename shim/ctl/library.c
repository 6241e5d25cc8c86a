/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/library.h"

#include "ctl/reach.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int directory_len(const char *path)
{
	return (int)(strrchr(path, '/') - path);
}

/* Each loader's own directory has its C library. */
static bool is_beside_libc(const char *file)
{
	char libc[PATH_MAX + sizeof("libc.so.6")];

	snprintf(libc, sizeof(libc), "%.*s/libc.so.6", directory_len(file), file);
	return reach_is_for_this_machine(libc);
}

/* Whether the loader knows $LIB: musl's does not. RTLD_NOLOAD finds the C library only if the path
 * leads to the file that this program has loaded. */
static bool is_libc_by_word_size(void)
{
	void *libc = dlopen("/usr/$LIB/libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	return libc != NULL && dlclose(libc) == 0;
}

void library_set(const char *path, const char *file, struct library *ret)
{
	strcpy(ret->path, path);
	strcpy(ret->file, file);
	if (strncmp(path, "/usr/", 5) == 0 && is_beside_libc(file) && is_libc_by_word_size())
		snprintf(ret->entry, sizeof(ret->entry), "/usr/$LIB%s", strrchr(path, '/'));
	else
		strcpy(ret->entry, path);
}

static bool fits(const char *library, const struct elf_file *program)
{
	struct elf_file file;
	int fd = open(library, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is_same;

	if (fd < 0)
		return false;
	is_same = elf_read(fd, &file) && file.class == program->class &&
		  file.machine == program->machine;
	close(fd);
	return is_same;
}

/* The directories of other word sizes, from the library's own: Debian's, and the usual ones. */
bool library_has_other(const struct library *library, const struct elf_file *program)
{
	static const char *const directories[] = {
		"../*-linux-*", "../lib", "../lib32", "../../lib32"};
	char pattern[PATH_MAX + 64], loader[PATH_MAX];
	bool has_other = false;
	glob_t found;

	elf_find_loader(program, loader);
	if (strstr(library->entry, "$LIB") == NULL || program->is_native ||
		strstr(loader, "musl") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]) && !has_other; i++) {
		snprintf(pattern, sizeof(pattern), "%.*s/%s%s", directory_len(library->file),
			library->file, directories[i], strrchr(library->path, '/'));
		if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
			continue;
		for (size_t g = 0; g < found.gl_pathc && !has_other; g++)
			has_other = fits(found.gl_pathv[g], program);
		globfree(&found);
	}
	return has_other;
}
