/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/imports.h"

#include "ctl/dynamic.h"
#include "ctl/libraries.h"
#include "ctl/list.h"
#include "ctl/say.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The largest programs have about 300 libraries. */
enum { FILES_MAX = 1024 };

/* One of them is enough: it makes it likely that the others are the C library's too. */
static const char *const sockets[] = {"socket", "bind", "listen", "accept", "accept4", "connect",
	"recv", "recvfrom", "recvmsg", "recvmmsg", "send", "sendto", "sendmsg", "sendmmsg",
	"__recv_chk", "__recvfrom_chk", "__recvmsg64", "__sendmsg64", "__recvmmsg64",
	"__sendmmsg64", NULL};
static const char *const plugins[] = {"dlopen", "dlmopen", NULL};
static const char *const io_uring[] = {"io_uring_queue_init*", NULL};

bool imports_has_sockets(const struct elf_file *file)
{
	struct dynamic dynamic;
	bool has_sockets;

	if (!dynamic_read(file, &dynamic))
		return true;
	has_sockets = dynamic.symbol_count == 0 || dynamic_imports(&dynamic, sockets);
	dynamic_free(&dynamic);
	return has_sockets;
}

bool imports_is_library(const struct elf_file *file)
{
	struct dynamic dynamic;
	bool is_library;
	size_t at = 0;

	if (!dynamic_read(file, &dynamic))
		return false;
	is_library = dynamic_next(&dynamic, DT_SONAME, &at) != NULL;
	at = 0;
	is_library |= dynamic_next(&dynamic, DT_NEEDED, &at) != NULL;
	dynamic_free(&dynamic);
	return is_library;
}

/* The files that are examined, in the order in which they were found. */
struct files {
	char *paths[FILES_MAX];
	size_t count;
};

/* Adds a file unless it is there already. Returns false if there are too many. */
static bool add_file(struct files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->paths[i], path) == 0)
			return true;
	if (files->count == FILES_MAX)
		return false;
	files->paths[files->count++] = or_fail(strdup(path));
	return true;
}

/* The C library has the functions; that it calls some of them itself says nothing. */
static bool is_c_library(const char *name)
{
	return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc.musl", 9) == 0 ||
	       strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld64.so", 7) == 0;
}

static bool add_needed(struct files *files, const char *path, const struct dynamic *dynamic)
{
	const char *name;
	char library[PATH_MAX];
	bool is_complete = true;
	size_t at = 0;

	while ((name = dynamic_next(dynamic, DT_NEEDED, &at)) != NULL)
		if (!is_c_library(name))
			is_complete &= libraries_find(name, path, dynamic, library) &&
				       add_file(files, library);
	return is_complete;
}

/* Returns false if the file cannot be read. */
static bool examine(const char *path, struct files *files, struct imports *ret)
{
	struct elf_file file;
	struct dynamic dynamic;
	bool is_complete = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	if (elf_read(fd, &file) && dynamic_read(&file, &dynamic)) {
		is_complete = dynamic.symbol_count > 0 && add_needed(files, path, &dynamic);
		ret->has_sockets |= dynamic_imports(&dynamic, sockets);
		ret->has_plugins |= dynamic_imports(&dynamic, plugins);
		ret->has_io_uring |= dynamic_imports(&dynamic, io_uring);
		dynamic_free(&dynamic);
	}
	close(fd);
	return is_complete;
}

void imports_examine(const char *path, struct imports *ret)
{
	static struct files files;

	*ret = (struct imports){.is_complete = true};
	files.count = 0;
	add_file(&files, path);
	for (size_t i = 0; i < files.count; i++)
		ret->is_complete &= examine(files.paths[i], &files, ret);
	for (size_t i = 0; i < files.count; i++)
		free(files.paths[i]);
}
