/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/other_library.h"

#include "ctl/elf_file.h"

#include <fcntl.h>
#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static bool search(const char *pattern, const struct elf_file *program, char ret[PATH_MAX])
{
	glob_t found;
	bool is_found = false;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc && !is_found; i++) {
		is_found = fits(found.gl_pathv[i], program);
		if (is_found)
			snprintf(ret, PATH_MAX, "%s", found.gl_pathv[i]);
	}
	globfree(&found);
	return is_found;
}

bool other_library_find(const char *program, char ret[PATH_MAX])
{
	static const char *const patterns[] = {"/usr/lib/*-linux-*/libbindright.so",
		"/usr/lib32/libbindright.so", "/usr/lib/libbindright.so", NULL};
	struct elf_file file;
	char loader[PATH_MAX];
	bool is_found = false;
	int fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	if (elf_read(fd, &file)) {
		elf_find_loader(&file, loader);
		for (int i = 0; patterns[i] != NULL && !is_found; i++)
			is_found = *loader != '\0' && strstr(loader, "musl") == NULL &&
				   !elf_is_go(&file) && search(patterns[i], &file, ret);
	}
	close(fd);
	return is_found;
}
